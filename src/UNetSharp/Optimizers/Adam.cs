using System.Runtime.Intrinsics;
using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Optimizers;

/// <summary>
/// Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980) as torch.optim.Adam, and with decoupled weight decay
/// (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) as torch.optim.AdamW. In step t:
/// <code>
/// Adam: g = g + decay · w        AdamW: w = w − lr · decay · w
/// m = β₁ m + (1 − β₁) g          v = β₂ v + (1 − β₂) g²
/// w = w − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
/// </code>
/// </summary>
public sealed class Adam : Optimizer
{
    private readonly float _weightDecay;
    private readonly bool _isDecoupled;
    private readonly float _beta1;
    private readonly float _beta2;
    private readonly float _epsilon;

    private Adam(
        IEnumerable<Parameter> parameters,
        float learningRate,
        float weightDecay,
        bool isDecoupled,
        float beta1,
        float beta2,
        float epsilon)
        : base(parameters, learningRate, statesPerValue: 2)
    {
        (_weightDecay, _isDecoupled) = (weightDecay, isDecoupled);
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    /// <summary>torch.optim.Adam: weight decay is part of the gradient.</summary>
    public static Adam Create(
        IEnumerable<Parameter> parameters,
        float learningRate = 1e-3f,
        float weightDecay = 0,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-8f) =>
        new(parameters, learningRate, weightDecay, isDecoupled: false, beta1, beta2, epsilon);

    /// <summary>torch.optim.AdamW: weight decay acts on the weights alone.</summary>
    public static Adam CreateDecoupled(
        IEnumerable<Parameter> parameters,
        float learningRate = 1e-3f,
        float weightDecay = 1e-2f,
        float beta1 = 0.9f,
        float beta2 = 0.999f,
        float epsilon = 1e-8f) =>
        new(parameters, learningRate, weightDecay, isDecoupled: true, beta1, beta2, epsilon);

    private protected override void Update(Workers workers)
    {
        double correction1 = 1 - Math.Pow(_beta1, StepCount);
        double correction2 = 1 - Math.Pow(_beta2, StepCount);
        Run(workers, new Rule(
            step: (float)(LearningRate / correction1),
            rootCorrection: (float)Math.Sqrt(correction2),
            addedDecay: _isDecoupled ? 0 : _weightDecay,
            shrinkage: _isDecoupled ? 1 - (LearningRate * _weightDecay) : 1,
            _beta1,
            _beta2,
            _epsilon));
    }

    private readonly struct Rule(
        float step, float rootCorrection, float addedDecay, float shrinkage, float beta1, float beta2, float epsilon)
        : IUpdateRule
    {
        public Vector256<float> Apply(
            Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second)
        {
            w *= shrinkage;
            Vector256<float> g = gradient + (w * addedDecay);
            first = (first * beta1) + (g * (1 - beta1));
            second = (second * beta2) + (g * g * (1 - beta2));
            Vector256<float> root = Vector256.Sqrt(second) / rootCorrection;
            return w - (first / (root + Vector256.Create(epsilon)) * step);
        }
    }
}
