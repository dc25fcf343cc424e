using UNetSharp.Graph;
namespace UNetSharp.Cpu.Convolutions;

/// <summary>How a 3×3 window of stride 1 lies over its source.</summary>
/// <param name="PaddingRows">Zeros above and below the source.</param>
/// <param name="PaddingColumns">Zeros left and right of the source.</param>
/// <param name="Dilation">Distance between neighbouring taps.</param>
internal readonly record struct WinogradWindow(int PaddingRows, int PaddingColumns, int Dilation)
{
    /// <summary>The window of the gradient by the source.</summary>
    public WinogradWindow Backward =>
        this with { PaddingRows = (2 * Dilation) - PaddingRows, PaddingColumns = (2 * Dilation) - PaddingColumns };

    /// <summary>The window of two axes; null where it is another one.</summary>
    public static WinogradWindow? FromAxes(Axis rows, Axis columns) =>
        rows is { Kernel: 3, Stride: 1 } && columns is { Kernel: 3, Stride: 1 } && rows.Dilation == columns.Dilation
            ? new WinogradWindow(rows.Padding, columns.Padding, rows.Dilation)
            : null;
}
