using UNetSharp.Data;
using UNetSharp.Metrics;
using UNetSharp.Tests.Golden;

namespace UNetSharp.Tests.Metrics;

/// <summary>Scores against SciPy, scikit-image and definitions in NumPy (segmentation_metrics of make.py).</summary>
public sealed class MetricGoldenTests
{
    private const int Digits = 9;

    // Probabilities are float32 here, and sums of squares cancel.
    private const int StructureDigits = 7;

    public static TheoryData<string> Cases => GoldenFile.Cases("metrics", prefix: "0");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Components_are_those_of_scikit_image(string name)
    {
        Case golden = new(name);

        AssertLabels(golden.Ints("labels4"), ConnectedComponents.Label(golden.Truth, golden.Size, Connectivity.Four));
        AssertLabels(golden.Ints("labels8"), ConnectedComponents.Label(golden.Truth, golden.Size, Connectivity.Eight));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Thinned_masks_are_those_of_scikit_image(string name)
    {
        Case golden = new(name);

        Assert.Equal(golden.Bytes("thin"), Thinning.Thin(golden.Truth, golden.Size));
        Assert.Equal(golden.Bytes("thinInFrame"), Thinning.Thin(golden.Truth, golden.Size, outside: 1));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Distances_are_those_of_SciPy(string name)
    {
        Case golden = new(name);

        IEnumerable<double> expected = golden.Ints("squared").Select(d => (double)d);

        Assert.Equal(expected, DistanceTransform.ComputeSquared(golden.Truth, golden.Size));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Boundaries_are_as_far_apart_as_scikit_image_and_NumPy_say(string name)
    {
        Case golden = new(name);

        Assert.Equal(
            golden.Number("hausdorff"),
            BoundaryScores.Hausdorff(golden.Truth, golden.Prediction, golden.Size, percentile: 100),
            Digits);
        Assert.Equal(
            golden.Number("hausdorff95"),
            BoundaryScores.Hausdorff(golden.Truth, golden.Prediction, golden.Size),
            Digits);
        Assert.Equal(
            golden.Number("boundaryF"),
            BoundaryScores.BoundaryF(golden.Truth, golden.Prediction, golden.Size, tolerance: 1.5),
            Digits);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Partitions_are_as_alike_as_scikit_image_and_NumPy_say(string name)
    {
        Case golden = new(name);
        int[] cells = Cells(golden.Truth, golden.Size);

        PartitionScore score = PartitionScore.Compute(cells, Cells(golden.Prediction, golden.Size));

        Assert.Equal(golden.Number("vRand"), score.VRand, Digits);
        Assert.Equal(golden.Number("vInfo"), score.VInfo, Digits);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_fit_as_well_as_NumPy_says(string name)
    {
        Case golden = new(name);

        Assert.Equal(
            golden.Number("meanAbsoluteError"), Saliency.MeanAbsoluteError(golden.Map, golden.Truth), Digits);
        Assert.Equal(
            golden.Number("structure"),
            Saliency.StructureMeasure(golden.Map, golden.Truth, golden.Size),
            StructureDigits);
    }

    [Fact]
    public void Best_thresholds_of_all_images_are_those_of_NumPy()
    {
        GoldenFile pooled = new("metrics/pooled");
        ThresholdCurve curve = new();
        MembraneScores membranes = new();
        foreach (Case golden in Enumerable.Range(0, pooled.Int("images")).Select(i => new Case($"metrics/{i:00}")))
        {
            curve.Add(golden.Map, golden.Truth);
            membranes.Add(golden.Map, golden.Truth, golden.Size);
        }

        Assert.Equal(pooled.Double("maxFBeta"), curve.MaxFBeta(), Digits);
        Assert.Equal(pooled.Double("maxF1"), curve.MaxFBeta(betaSquared: 1), Digits);
        Assert.Equal(pooled.Double("vRand"), membranes.VRand.Score, Digits);
        Assert.Equal(pooled.Double("vInfo"), membranes.VInfo.Score, Digits);
        Assert.Equal(pooled.Double("pixelError"), membranes.PixelError.Error, Digits);
    }

    private static void AssertLabels(int[] expected, (int[] Labels, int Count) actual)
    {
        Assert.Equal(expected, actual.Labels);
        Assert.Equal(expected.Max(), actual.Count);
    }

    private static int[] Cells(byte[] membrane, PictureSize size) =>
        ConnectedComponents.Label(Masks.Inverse(membrane), size, Connectivity.Four).Labels;

    private sealed class Case(string name)
    {
        private readonly GoldenFile _file = new(name);

        public PictureSize Size => new(_file.Int("height"), _file.Int("width"));

        public float[] Map => _file.Values("x");

        public byte[] Truth => Bytes("truth");

        public byte[] Prediction => [.. Map.Select(p => (byte)(p > 0.5f ? 1 : 0))];

        public byte[] Bytes(string array) => [.. _file.Values(array).Select(value => (byte)value)];

        public int[] Ints(string array) => [.. _file.Values(array).Select(value => (int)MathF.Round(value))];

        public double Number(string argument) => _file.Double(argument);
    }
}
