using System.Globalization;
using UNetSharp.Graph;
using UNetSharp.Tensors;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// How an output lies over the image: over the whole of it, at some scale, or, as in networks without padding, over its
/// middle.
/// </summary>
/// <param name="IsMiddle">Whether it lies over the middle.</param>
/// <param name="Rows">Pixels of the output for one of the image, from top to bottom.</param>
/// <param name="Columns">Pixels of the output for one of the image, from left to right.</param>
/// <param name="LostRows">Rows of the image that the middle has less.</param>
/// <param name="LostColumns">Columns of the image that the middle has less.</param>
internal sealed record OutputPlace(bool IsMiddle, double Rows, double Columns, int LostRows, int LostColumns)
{
    private const double MaxError = 1e-6;

    /// <summary>Whether every pixel of the image has one of the output.</summary>
    public bool IsSame => !IsMiddle && Rows == 1 && Columns == 1;

    /// <summary>The place of an output of a network that reads one size of image alone.</summary>
    public static OutputPlace FromOneSize(Value image, Value output)
    {
        (Shape from, Shape to) = (image.Shape, output.Shape);
        double? step = ReceptiveField.FindAll(new ComputationGraph(output))[output]?.Step;
        if (step is { } pixels && IsLost(from.H - (pixels * to.H), pixels) && IsLost(from.W - (pixels * to.W), pixels))
        {
            return Middle(1 / pixels, from, to);
        }

        // Where the graph does not say it: what is lost is as much in both directions, and no fraction of both.
        (int rows, int columns) = (from.H - to.H, from.W - to.W);
        return step is null && rows == columns && rows > 0 && !IsFraction(from.H, to.H) && !IsFraction(from.W, to.W)
            ? Middle(1, from, to)
            : Whole(from, to);
    }

    /// <summary>The place of an output by what it is for two sizes of image.</summary>
    public static OutputPlace FromTwoSizes(Shape image, Shape output, Shape largerImage, Shape largerOutput)
    {
        double scale = (largerOutput.H - output.H) / (double)(largerImage.H - image.H);
        return scale > 0 && IsLost(image.H - (output.H / scale), 1 / scale)
            && IsLost(image.W - (output.W / scale), 1 / scale)
            ? Middle(scale, image, output)
            : Whole(image, output);
    }

    /// <summary>The place for people.</summary>
    public string Describe() =>
        IsMiddle ? $" in the middle, {LostColumns} columns and {LostRows} rows less than the picture"
        : IsSame ? ""
        : $" at {Format(Rows)} the size";

    private static OutputPlace Whole(Shape from, Shape to) =>
        new(false, (double)to.H / from.H, (double)to.W / from.W, 0, 0);

    private static OutputPlace Middle(double scale, Shape from, Shape to) => new(
        true, scale, scale, from.H - (int)Math.Round(to.H / scale), from.W - (int)Math.Round(to.W / scale));

    // Less than a step is lost where sizes are not divisible.
    private static bool IsLost(double pixels, double step) => pixels >= Math.Max(1, step);

    private static bool IsFraction(int from, int to) => from % to == 0 || (from + 1) / 2 == to || (from + 3) / 4 == to;

    private static string Format(double scale)
    {
        double inverse = Math.Round(1 / scale);
        return scale < 1 && Math.Abs((1 / scale) - inverse) < 0.1
            ? string.Create(CultureInfo.InvariantCulture, $"1/{inverse} of")
            : Math.Abs(scale - Math.Round(scale)) < MaxError
                ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(scale)} times")
                : string.Create(CultureInfo.InvariantCulture, $"{scale:0.###} times");
    }
}
