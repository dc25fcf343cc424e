using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Graph;

/// <summary>
/// Compares backward with central differences of L = Σ rᵢ · yᵢ, r fixed and random. A plain sum would miss errors that
/// cancel: the sum of a softmax or of a batch norm does not depend on the input at all.
/// </summary>
internal static class GradientCheck
{
    private const float Step = 1e-2f;

    // Of float32 forward runs: rounding of some 1e-6 in L over twice the step, plus the third derivative's share.
    private const double Tolerance = 4e-3;

    /// <summary>Checks the gradients by every input and every trained parameter that the operations read.</summary>
    public static void Verify(Func<Value[], Value> build, params Tensor[] inputs) => Verify(build, inputs, []);

    /// <summary>The same with further inputs that are not differentiated, which come last.</summary>
    public static void Verify(Func<Value[], Value> build, Tensor[] inputs, Tensor[] constants)
    {
        using CpuDevice device = new(2);
        Tensor[] fed = [.. inputs, .. constants];
        Value[] values = [.. fed.Select(tensor => Value.Input(tensor.Shape))];
        Value y = build(values);
        Value[] differentiated = values[..inputs.Length];
        ParameterStore store = TestStores.For(y);
        using Plan plan = device.Compile(
            new ComputationGraph(y), store, PlanSettings.ForTraining(y, differentiated));
        Tensor r = TestTensors.Random(y.Shape, seed: 99);

        double Loss()
        {
            Feed(plan, values, fed);
            plan.Forward();
            double sum = 0;
            ReadOnlySpan<float> result = plan.Output(y);
            for (int i = 0; i < result.Length; i++)
            {
                sum += (double)result[i] * r.Data[i];
            }

            return sum;
        }

        Loss();
        plan.SetResultGradient(r.Data);
        plan.Backward();
        float[][] analytic = [.. differentiated.Select(value => plan.Gradient(value).ToArray())];
        Parameter[] parameters = [.. store.Parameters.Where(IsTrained)];
        float[][] byParameter = [.. parameters.Select(parameter => store.GetGradients(parameter).ToArray())];
        for (int k = 0; k < inputs.Length; k++)
        {
            Compare($"input {k}", analytic[k], i => ref inputs[k].Data[i], Loss);
        }

        for (int k = 0; k < parameters.Length; k++)
        {
            int offset = store.GetOffset(parameters[k]);
            Compare(parameters[k].Name, byParameter[k], i => ref store.AllValues[offset + i], Loss);
        }
    }

    private delegate ref float Element(int index);

    private static bool IsTrained(Parameter parameter) => parameter.Kind == ParameterKind.Trained;

    private static void Feed(Plan plan, Value[] values, Tensor[] tensors)
    {
        for (int k = 0; k < values.Length; k++)
        {
            plan.SetInput(values[k], tensors[k].Data);
        }
    }

    private static void Compare(string name, float[] analytic, Element element, Func<double> loss)
    {
        double scale = Math.Max(0.1, analytic.Max(Math.Abs));
        for (int i = 0; i < analytic.Length; i++)
        {
            float start = element(i);
            element(i) = start + Step;
            double above = loss();
            element(i) = start - Step;
            double below = loss();
            element(i) = start;
            double numeric = (above - below) / (2 * Step);
            Assert.True(
                Math.Abs(numeric - analytic[i]) <= Tolerance * scale,
                $"gradient by {name}[{i}]: backward says {analytic[i]}, finite differences say {numeric}");
        }
    }
}
