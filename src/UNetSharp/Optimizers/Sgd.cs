using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu;
using UNetSharp.Execution;

namespace UNetSharp.Optimizers;

/// <summary>
/// Gradient descent with momentum as torch.optim.SGD:
/// <code>g = g + decay · w        b = momentum · b + g (in the first step b = g)        w = w − lr · b</code>
/// </summary>
public sealed class Sgd(
    ParameterStore parameters, double learningRate = 1e-2, double weightDecay = 0, double momentum = 0)
    : Optimizer(parameters, learningRate, "momentum_buffer")
{
    private protected override void Update(Workers workers) =>
        Apply(workers, new Rule((float)LearningRate, (float)weightDecay, (float)momentum));

    private readonly struct Rule(float rate, float decay, float momentum) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Apply(
            Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second)
        {
            // The buffer starts as zeros, so the first step needs no case of its own.
            first = (first * momentum) + (gradient + (w * decay));
            return w - (first * rate);
        }
    }
}
