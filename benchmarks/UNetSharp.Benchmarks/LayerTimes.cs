using System.Diagnostics;
using UNetSharp.Cpu;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Losses;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;

namespace UNetSharp.Benchmarks;

/// <summary>Where our time goes: milliseconds, effective GFLOP/s and share of every operation of a work.</summary>
internal sealed class LayerTimes
{
    private const int WarmUps = 3;

    private readonly Dictionary<string, Row> _rows = [];
    private long _last;

    /// <summary>Prints the table of a work.</summary>
    public static void Print(Workload work, int threads, int rounds, TextWriter output)
    {
        var times = new LayerTimes();
        using CpuDevice device = new(threads);
        if (work.IsTraining)
        {
            times.Train(work, device, rounds);
        }
        else
        {
            times.Infer(work, device, rounds);
        }

        times.Print(work, output);
    }

    private void Infer(Workload work, CpuDevice device, int rounds)
    {
        Models.Network network = work.CreateNetwork();
        Value image = Value.Input(work.ImageShape);
        ComputationGraph graph = new(network.Forward(image));
        using Plan plan = device.Compile(graph, network.Store, PlanSettings.ForInference());
        float[] values = Values(work.ImageShape);
        Repeat(rounds, () =>
        {
            plan.SetInput(image, values);
            _last = Stopwatch.GetTimestamp();
            plan.Forward(CreateTimer("forward", runs: 1));
        });
    }

    private void Train(Workload work, CpuDevice device, int rounds)
    {
        Models.Network network = work.CreateNetwork();
        Value image = Value.Input(work.ImageShape);
        Value target = Value.Input(work.TargetShape);
        Value loss = CrossEntropy.Compute(network.Forward(image), target);
        var optimizer = new RmsProp(network.Store);
        using Plan plan = device.Compile(
            new ComputationGraph(loss), network.Store, PlanSettings.ForTraining(loss));
        float[] values = Values(work.ImageShape), targets = new float[target.Shape.Count];
        Repeat(rounds, () =>
        {
            plan.SetInput(image, values);
            plan.SetInput(target, targets);
            _last = Stopwatch.GetTimestamp();
            plan.Forward(CreateTimer("forward", runs: 1));
            plan.SetResultGradient([1]);
            plan.Backward(CreateTimer("backward", runs: 2));
            optimizer.Step(device);
            Add("optimizer", "RMSprop", Shape.Scalar, 0);
        });
    }

    private void Repeat(int rounds, Action run)
    {
        for (int round = -WarmUps; round < rounds; round++)
        {
            if (round == 0)
            {
                _rows.Clear();
            }

            run();
        }
    }

    private static float[] Values(Shape shape)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.NextSingle())];
    }

    private Action<Kernel> CreateTimer(string phase, int runs) =>
        kernel => Add(phase, GetName(kernel.Operation), kernel.Output.Shape, 2.0 * kernel.Operation.Macs * runs);

    private void Add(string phase, string name, Shape shape, double flops)
    {
        long now = Stopwatch.GetTimestamp();
        if (!_rows.TryGetValue($"{phase} {name} {shape}", out Row? row))
        {
            row = new Row(phase, name, shape, flops);
            _rows.Add($"{phase} {name} {shape}", row);
        }

        row.Ms.Add(Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds);
        _last = Stopwatch.GetTimestamp();
    }

    private static string GetName(Operation operation)
    {
        string layer = operation.Parameters.Count == 0 ? "" : operation.Parameters[0].Name;
        int end = layer.LastIndexOf('.');
        return end < 0 ? operation.GetType().Name.Split('`')[0] : $"{operation.GetType().Name} {layer[..end]}";
    }

    private void Print(Workload work, TextWriter output)
    {
        double total = _rows.Values.Sum(row => row.Median);
        output.WriteLine(Report.Text(
            $"{work.Name}: {total:f1} ms, {_rows.Values.Sum(row => row.Flops) / total / 1e6:f0} effective GFLOP/s"));
        output.WriteLine(Report.Text($"{"ms",9} {"GFLOP/s",8} {"share",6}  {"phase",-9} operation"));
        foreach (Row row in _rows.Values)
        {
            string speed = row.Flops == 0 ? "" : Report.Text($"{row.Flops / row.Median / 1e6:f0}");
            output.WriteLine(Report.Text(
                $"{row.Median,9:f2} {speed,8} {row.Median / total,6:p1}  {row.Phase,-9} {row.Name} {row.Shape}"));
        }

        output.WriteLine();
    }

    private sealed record Row(string Phase, string Name, Shape Shape, double Flops)
    {
        public List<double> Ms { get; } = [];

        public double Median => Ms.Order().ElementAt(Ms.Count / 2);
    }
}
