using UNetSharp.Execution;
using UNetSharp.Graph;

namespace UNetSharp.Tests.Graph;

/// <summary>Stores of the parameters of single layers.</summary>
internal static class TestStores
{
    /// <summary>All parameters that some values depend on.</summary>
    public static ParameterStore For(params Value[] outputs) =>
        new(new ComputationGraph(outputs).Operations.SelectMany(operation => operation.Parameters).Distinct());

    /// <summary>The parameters of some layers, initialized from a seed.</summary>
    public static ParameterStore For(int seed, params Module[] layers)
    {
        ParameterStore store = new(layers.SelectMany(layer => layer.Parameters()));
        store.Initialize(seed);
        return store;
    }
}

/// <summary>What a plan has computed, as arrays.</summary>
internal static class PlanResults
{
    extension(Plan plan)
    {
        /// <summary>Values of an output.</summary>
        public float[] Output(Value value) => plan.GetOutput(value).Data.ToArray();

        /// <summary>Gradient by a value.</summary>
        public float[] Gradient(Value value) => plan.GetGradient(value).Data.ToArray();
    }
}
