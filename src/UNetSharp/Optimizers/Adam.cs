using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Cpu;
using UNetSharp.Execution;

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
    private readonly double _weightDecay;
    private readonly bool _isDecoupled;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    private Adam(
        ParameterStore parameters,
        double learningRate,
        double weightDecay,
        bool isDecoupled,
        double beta1,
        double beta2,
        double epsilon)
        : base(parameters, learningRate, "exp_avg", "exp_avg_sq")
    {
        (_weightDecay, _isDecoupled) = (weightDecay, isDecoupled);
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
    }

    /// <summary>torch.optim.Adam: weight decay is part of the gradient.</summary>
    public static Adam Create(
        ParameterStore parameters,
        double learningRate = 1e-3,
        double weightDecay = 0,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8) =>
        new(parameters, learningRate, weightDecay, isDecoupled: false, beta1, beta2, epsilon);

    /// <summary>torch.optim.AdamW: weight decay acts on the weights alone.</summary>
    public static Adam CreateDecoupled(
        ParameterStore parameters,
        double learningRate = 1e-3,
        double weightDecay = 1e-2,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8) =>
        new(parameters, learningRate, weightDecay, isDecoupled: true, beta1, beta2, epsilon);

    private protected override void Update(Workers workers)
    {
        double correction1 = 1 - Math.Pow(_beta1, StepCount);
        double correction2 = 1 - Math.Pow(_beta2, StepCount);
        Apply(workers, new Rule(
            step: (float)(LearningRate / correction1),
            rootCorrection: (float)Math.Sqrt(correction2),
            addedDecay: _isDecoupled ? 0 : (float)_weightDecay,
            shrinkage: _isDecoupled ? (float)(1 - (LearningRate * _weightDecay)) : 1,
            beta1: (float)_beta1,
            rest1: (float)(1 - _beta1),
            beta2: (float)_beta2,
            rest2: (float)(1 - _beta2),
            epsilon: (float)_epsilon));
    }

    private readonly struct Rule(
        float step,
        float rootCorrection,
        float addedDecay,
        float shrinkage,
        float beta1,
        float rest1,
        float beta2,
        float rest2,
        float epsilon) : IUpdateRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Apply(
            Vector256<float> w, Vector256<float> gradient, ref Vector256<float> first, ref Vector256<float> second)
        {
            w *= shrinkage;
            Vector256<float> g = gradient + (w * addedDecay);
            first = (first * beta1) + (g * rest1);
            second = (second * beta2) + (g * rest2 * g);
            Vector256<float> root = Vector256.Sqrt(second) / rootCorrection;
            return w - (first * step / (root + Vector256.Create(epsilon)));
        }
    }
}
