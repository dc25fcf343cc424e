namespace UNetSharp.Inference.Objects;

/// <summary>Pixels of one class beside each other in a row.</summary>
/// <param name="Row">The row.</param>
/// <param name="Start">Column of the first pixel.</param>
/// <param name="End">Column after the last pixel.</param>
public readonly record struct PixelRun(int Row, int Start, int End);

/// <summary>The least rectangle of pixels around an object.</summary>
/// <param name="Left">Column of its first pixels.</param>
/// <param name="Top">Row of its first pixels.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height);

/// <summary>
/// An object of a mask: pixels of one class that touch each other, at corners too. Places are in pixels from the upper
/// left corner of the picture, so the middle of the first pixel is (0.5, 0.5).
/// </summary>
/// <param name="Id">1, 2, … in the order in which objects appear, row by row.</param>
/// <param name="Class">The class of its pixels.</param>
/// <param name="Area">Number of pixels.</param>
/// <param name="Box">The rectangle around it.</param>
/// <param name="CenterX">Mean place of its pixels, to the right.</param>
/// <param name="CenterY">Mean place of its pixels, down.</param>
/// <param name="Perimeter">
/// Length of its outlines, those of holes too, in pixels: of the lines through the middles of the pixels' outer sides,
/// which take the short way around corners, so that a slanting outline is not counted as stairs.
/// </param>
/// <param name="Probability">Mean probability of its class over its pixels; null if none were given.</param>
/// <param name="TouchesBorder">Whether it reaches the picture's border, and so may go on beyond.</param>
/// <param name="Runs">Its pixels, row by row; null if the finder did not keep them.</param>
public sealed record MaskObject(
    int Id,
    int Class,
    long Area,
    PixelBox Box,
    double CenterX,
    double CenterY,
    double Perimeter,
    double? Probability,
    bool TouchesBorder,
    IReadOnlyList<PixelRun>? Runs)
{
    /// <summary>The object's outlines: a polygon for each part whose pixels touch at sides.</summary>
    /// <exception cref="InvalidOperationException">The finder did not keep the object's pixels.</exception>
    public IReadOnlyList<ObjectPolygon> Polygons() => OutlineTracer.Trace(
        Runs ?? throw new InvalidOperationException("Outlines need an ObjectFinder that keeps runs."));
}
