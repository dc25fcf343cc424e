using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Optimizers;

/// <summary>
/// RMSprop as torch.optim.RMSprop, not centred:
/// <code>
/// g = g + decay · w        s = α s + (1 − α) g²        b = momentum · b + g / (√s + ε)        w = w − lr · b
/// </code>
/// The defaults are those of the recipe with which U-Nets are widely trained in PyTorch.
/// </summary>
public sealed class RmsProp(
    IEnumerable<Parameter> parameters,
    float learningRate = 1e-5f,
    float weightDecay = 1e-8f,
    float momentum = 0.9f,
    float alpha = 0.99f,
    float epsilon = 1e-8f) : Optimizer(parameters, learningRate, statesPerValue: 2)
{
    private protected override void Update(Workers workers) =>
        Run(workers, new Rule(LearningRate, weightDecay, momentum, alpha, epsilon));

    private readonly struct Rule(float rate, float decay, float momentum, float alpha, float epsilon) : IUpdateRule
    {
        public Vector256<float> Apply(
            Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second)
        {
            Vector256<float> g = gradient + (w * decay);
            first = (first * alpha) + (g * g * (1 - alpha));
            second = (second * momentum) + (g / (Vector256.Sqrt(first) + Vector256.Create(epsilon)));
            return w - (second * rate);
        }
    }
}
