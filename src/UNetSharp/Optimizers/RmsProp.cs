using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu;
using UNetSharp.Execution;

namespace UNetSharp.Optimizers;

/// <summary>
/// RMSprop as torch.optim.RMSprop, not centred:
/// <code>
/// g = g + decay · w        s = α s + (1 − α) g²        b = momentum · b + g / (√s + ε)        w = w − lr · b
/// </code>
/// The defaults are those of the recipe with which U-Nets are widely trained in PyTorch.
/// </summary>
public sealed class RmsProp(
    ParameterStore parameters,
    double learningRate = 1e-5,
    double weightDecay = 1e-8,
    double momentum = 0.9,
    double alpha = 0.99,
    double epsilon = 1e-8) : Optimizer(parameters, learningRate, "square_avg", "momentum_buffer")
{
    private protected override void Update(Workers workers) =>
        Apply(workers, new Rule(
            rate: (float)LearningRate,
            decay: (float)weightDecay,
            momentum: (float)momentum,
            alpha: (float)alpha,
            rest: (float)(1 - alpha),
            epsilon: (float)epsilon));

    private readonly struct Rule(float rate, float decay, float momentum, float alpha, float rest, float epsilon)
        : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Apply(
            Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second)
        {
            Vector256<float> g = gradient + (w * decay);
            first = (first * alpha) + (g * rest * g);
            second = (second * momentum) + (g / (Vector256.Sqrt(first) + Vector256.Create(epsilon)));
            return w - (second * rate);
        }
    }
}
