using System.Reflection;
using UNetSharp.Cpu;
using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Data.Rows;
using UNetSharp.Execution;
using UNetSharp.Files;
using UNetSharp.Graph;
using UNetSharp.Imaging;
using UNetSharp.Imaging.Rows;
using UNetSharp.Inference;
using UNetSharp.Inference.Objects;
using UNetSharp.Losses;
using UNetSharp.Models;
using UNetSharp.Optimizers;
using UNetSharp.Tensors;
using UNetSharp.Tests.Training;
using UNetSharp.Training;
using UNetSharp.Training.TensorBoard;
using UNetSharp.Workflows;

namespace UNetSharp.Tests.Misuse;

/// <summary>
/// Whatever a disposed object is asked for, it says that it is disposed. The public types and members are found by
/// reflection, so that new ones cannot be forgotten.
/// </summary>
public sealed class DisposalTests : IDisposable
{
    // What stays known of a disposed object: numbers that were fixed when it was made.
    private static readonly string[] Descriptions =
    [
        "CpuDevice.ThreadCount", "Workers.Count", "Loader.Count", "Loader.WaitTime", "RowSource.Size",
        "RowSource.Channels", "RowSource.FullScale", "RowSource.RowLength", "Segmenter.ClassCount",
        "Segmenter.Channels", "Segmenter.ImageChannels",
        "Segmenter.Masks", "Segmenter.RequiresWholeImage", "Segmenter.MapCount", "Predictor.MapCount",
        "Predictor.Channels", "UnfinishedFile.Stream", "Segmenter.Brightness", "RowSource.Notes", "PictureRows.Notes",
        "ImageRows.Notes", "MeasuredRows.Notes", "MeasuredRows.Range",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly DiscData _data = new(count: 2);

    [Fact]
    public void Every_member_of_every_public_type_refuses_use_after_disposal()
    {
        List<string> wrong = [];
        foreach (Type type in DisposableTypes())
        {
            if (!Uses().TryGetValue(type, out Dictionary<string, Action>? uses))
            {
                wrong.Add($"{type.Name}: no use of it is listed in this test");
                continue;
            }

            foreach (string member in MembersOf(type))
            {
                wrong.AddRange(Problem(type, member, uses));
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Nothing_that_can_be_freed_hands_out_memory()
    {
        IEnumerable<string> wrong =
            from type in DisposableTypes()
            from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            where method.ReturnType.IsByRefLike || method.ReturnType.IsPointer
            select $"{type.Name}.{method.Name}";

        Assert.Empty(wrong);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    private static IEnumerable<Type> DisposableTypes() =>
        new[] { typeof(Tensor), typeof(Bitmap), typeof(TrainingRun) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => typeof(IDisposable).IsAssignableFrom(type));

    private static IEnumerable<string> MembersOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return type.GetMethods(Own)
            .Where(method => !method.IsSpecialName && method.Name != nameof(IDisposable.Dispose))
            .Select(method => method.Name)
            .Concat(type.GetProperties(Own).Select(property => property.Name))
            .Distinct()
            .Where(name => !Descriptions.Contains($"{type.Name}.{name}"));
    }

    private static IEnumerable<string> Problem(Type type, string member, Dictionary<string, Action> uses)
    {
        if (!uses.TryGetValue(member, out Action? use))
        {
            return [$"{type.Name}.{member}: no use of it is listed in this test"];
        }

        Exception? e = Record.Exception(use);
        return e is ObjectDisposedException ? [] : [$"{type.Name}.{member}: {e?.GetType().Name ?? "does something"}"];
    }

    /// <summary>For every type the uses of its members, of an object that is disposed.</summary>
    private Dictionary<Type, Dictionary<string, Action>> Uses()
    {
        CpuDevice device = Disposed(new CpuDevice(2));
        Workers workers = Disposed(new Workers(2));
        (Plan plan, Value x, Value y) = DisposedPlan();
        ComputationGraph graph = new(y);
        Dictionary<string, Action> deviceUses = new()
        {
            ["Compile"] = () => device.Compile(graph, new ParameterStore([]), PlanSettings.ForInference()),
            ["EstimateBytes"] = () => device.EstimateBytes(graph, PlanSettings.ForInference()),
        };
        return new()
        {
            [typeof(Device)] = deviceUses.Append(new("ThreadCount", () => throw new ObjectDisposedException("")))
                .ToDictionary(),
            [typeof(CpuDevice)] = deviceUses,
            [typeof(Workers)] = [],
            [typeof(Plan)] = new()
            {
                ["Seed"] = () => plan.Seed = 1,
                ["MemoryBytes"] = () => _ = plan.MemoryBytes,
                ["SetInput"] = () => plan.SetInput(x, new float[x.Shape.Count]),
                ["Forward"] = plan.Forward,
                ["Backward"] = plan.Backward,
                ["ComputeGradients"] = () => plan.ComputeGradients(),
                ["CopyOutput"] = () => plan.CopyOutput(y, new float[1]),
                ["GetOutput"] = () => plan.GetOutput(y),
                ["SetResultGradient"] = () => plan.SetResultGradient([1]),
                ["GetGradient"] = () => plan.GetGradient(x),
            },
            [typeof(Predictor)] = PredictorUses(),
            [typeof(Segmenter)] = SegmenterUses(),
            [typeof(TrainingStep)] = TrainingStepUses(),
            [typeof(Loader)] = new() { ["Batches"] = () => DisposedLoader().Batches() },
            [typeof(RowSource)] = RowSourceUses(),
            [typeof(ImageRows)] = [],
            [typeof(PictureRows)] = [],
            [typeof(MeasuredRows)] = new()
            {
                ["SkipAll"] = () => Disposed(new MeasuredRows(Rows(), null)).SkipAll(CancellationToken.None),
            },
            [typeof(FolderLock)] = [],
            [typeof(RowFile)] = RowFileUses(),
            [typeof(OverlayRows)] = OverlayUses(),
            [typeof(UnfinishedFile)] = new()
            {
                ["Complete"] = Disposed(new UnfinishedFile(_folder.File("a"))).Complete,
            },
            [typeof(CocoFile)] = CocoUses(),
            [typeof(EventFile)] = EventUses(),
        };
    }

    private static (Plan Plan, Value X, Value Y) DisposedPlan()
    {
        Value x = Value.Input(Shape.Nchw(1, 1, 4, 4)), t = Value.Input(x.Shape);
        Value y = BinaryCrossEntropy.Compute(x, t);
        using CpuDevice device = new(2);
        return (device.Compile(new ComputationGraph(y), new ParameterStore([]), PlanSettings.ForTraining(y, x)), x, y);
    }

    private static Dictionary<string, Action> PredictorUses()
    {
        using CpuDevice device = new(2);
        Predictor predictor = Disposed(new Predictor(Network(), device));
        return new()
        {
            ["MemoryBytes"] = () => _ = predictor.MemoryBytes,
            ["Predict"] = () => predictor.Predict(new Tensor(Shape.Nchw(1, 1, 16, 16))),
        };
    }

    private static Dictionary<string, Action> SegmenterUses()
    {
        Segmenter segmenter = Disposed(new Segmenter(
            new TrainedNetwork(Network(), NetworkDescription.CreateDefault(Settings)), threads: 2));
        PictureSize size = new(16, 16);
        TilePlan plan = Alive().Plan(size, new SegmentationSettings());
        return new()
        {
            ["Segment"] = () => segmenter.Segment(new byte[256], 16, 16, 1),
            ["Plan"] = () => segmenter.Plan(size, new SegmentationSettings()),
            ["SegmentRows"] = () => segmenter.SegmentRows(Rows(), plan),
        };

        static Segmenter Alive() =>
            new(new TrainedNetwork(Network(), NetworkDescription.CreateDefault(Settings)), threads: 1);
    }

    private static Dictionary<string, Action> TrainingStepUses()
    {
        using CpuDevice device = new(2);
        Network network = Network();
        TrainingStep step = Disposed(
            new TrainingStep(network, LossCatalog.Create("bce", 1), new Sgd(network.Store), device));
        Tensor image = new(Shape.Nchw(1, 1, 16, 16));
        return new()
        {
            ["MemoryBytes"] = () => _ = step.MemoryBytes,
            ["Terms"] = () => _ = step.Terms,
            ["Train"] = () => step.Train(image, image),
            ["ComputeGradients"] = () => step.ComputeGradients(image, image),
        };
    }

    private Loader DisposedLoader()
    {
        DataReport report =
            DataReport.Create(DataFolder.Find(_data.Root), ImageFile.Read, new MaskSettings(), threads: 1);
        SampleReader reader = new(ImageFile.Read, report.Classes!, channels: 1, size: null);
        return Disposed(new Loader(
            report.Folder.Pairs, reader, new LoaderSettings(1, null, AugmentationSettings.None, Seed: 1), epoch: 1));
    }

    private static Dictionary<string, Action> RowSourceUses()
    {
        RowSource rows = Disposed(Rows());
        return new()
        {
            ["ReadRow"] = () => rows.ReadRow(new float[16]),
            ["ReadAll"] = () => rows.ReadAll(),
        };
    }

    private Dictionary<string, Action> RowFileUses()
    {
        RowFile file = Disposed(RowFile.Create(_folder.File("a.png"), new PictureSize(1, 2), RowFormat.Grey));
        return new() { ["Write"] = () => file.Write(new byte[2]), ["Finish"] = file.Finish };
    }

    private static Dictionary<string, Action> OverlayUses()
    {
        OverlayRows rows = Disposed(OverlayRows.Create(Rows));
        return new()
        {
            ["Add"] = () => rows.Add(new byte[16], new byte[48]),
            ["DrawLast"] = () => rows.DrawLast(new byte[48]),
        };
    }

    private Dictionary<string, Action> CocoUses()
    {
        CocoFile file = Disposed(new CocoFile(_folder.File("a.json"), new MaskClasses(2, new Dictionary<int, int>())));
        return new()
        {
            ["Add"] = () => file.Add("a", new PictureSize(1, 1), []),
            ["Complete"] = file.Complete,
        };
    }

    private Dictionary<string, Action> EventUses()
    {
        EventFile file = Disposed(new EventFile(_folder.Path, firstStep: 0));
        return new()
        {
            ["AddScalars"] = () => file.AddScalars(1, [("a", 1)]),
            ["AddImage"] = () => file.AddImage(1, "a", [], 1, 1),
        };
    }

    private static ModelSettings Settings => new("unet-leaky", Channels: 1, Classes: 1) { BaseChannels = 1 };

    private static Network Network() => ModelCatalog.Create(Settings);

    private static PictureRows Rows() => new(new Picture(16, 16, 1, 255, new float[256]));

    private static T Disposed<T>(T value)
        where T : IDisposable
    {
        value.Dispose();
        return value;
    }
}
