using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Kernels.Convolution;

/// <summary>
/// An image cut into tiles of 4×4 result pixels, each of which reads a patch of 6×6 source pixels that starts a padding
/// before it. With a dilation d the pixels of tile and patch are d apart: an image is then d² interleaved ones, which do
/// not see each other. Tiles are counted by rows through all images. What a tile has outside of the image is zero, and is
/// not written.
/// </summary>
internal readonly unsafe struct WinogradTiles(int images, int height, int width, WinogradWindow window)
{
    private const int Lanes = 8;

    /// <summary>Number of tiles.</summary>
    public int Count => images * Dilation * Dilation * Down * Across;

    private int Dilation => window.Dilation;

    private int Across => TilesOf(width);

    private int Down => TilesOf(height);

    /// <summary>
    /// Floats of a tile's row in a matrix of that many channels: whole vectors, and not a multiple of the distance at which
    /// rows would share few sets of the cache.
    /// </summary>
    public static int RowFloats(int channels)
    {
        int whole = (channels + Lanes - 1) / Lanes * Lanes;
        return whole % 128 == 0 ? whole + PackedWeights.PanelWidth : whole;
    }

    /// <summary>
    /// v[k][tile][channel] = Bᵀ d B for all 36 k, of the patches of some tiles.
    /// </summary>
    /// <param name="x">Source image.</param>
    /// <param name="first">First tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="v">Result, <see cref="RowFloats"/> for each tile.</param>
    /// <param name="plane">Floats from one k to the next.</param>
    [SkipLocalsInit]
    public void TransformSource(View x, int first, int count, float* v, nint plane)
    {
        float* patch = stackalloc float[WinogradTransform.Products * Lanes];
        int row = RowFloats(x.Channels);
        nint pixelStep = (nint)Dilation * x.Stride;
        nint rowStep = pixelStep * x.Shape.W;
        int reach = Dilation * (WinogradTransform.Patch - 1);
        for (int tile = first; tile < first + count; tile++, v += row)
        {
            (int n, int top, int left) = At(tile);
            (top, left) = (top - window.PaddingRows, left - window.PaddingColumns);
            bool isInside = top >= 0 && left >= 0 && top + reach < x.Shape.H && left + reach < x.Shape.W;
            for (int c = 0; c < x.Channels; c += Lanes)
            {
                if (isInside && c + Lanes <= x.Channels)
                {
                    SourceTile(x.At(n, top, left) + c, rowStep, pixelStep, v + c, plane);
                }
                else
                {
                    Gather(x, n, top, left, WinogradTransform.Patch, c, patch);
                    SourceTile(patch, WinogradTransform.Patch * Lanes, Lanes, v + c, plane);
                }
            }
        }
    }

    /// <summary>
    /// m[k][panel][tile][16] = A dy Aᵀ for all 36 k, of the 4×4 pixels of some tiles: the gradient of
    /// <see cref="TransformResult"/>.
    /// </summary>
    [SkipLocalsInit]
    public void TransformResultGradient(View dy, int first, int count, float* m, nint plane, nint panel)
    {
        float* patch = stackalloc float[WinogradTransform.Products * Lanes];
        nint pixelStep = (nint)Dilation * dy.Stride;
        nint rowStep = pixelStep * dy.Shape.W;
        int reach = Dilation * (WinogradTransform.Result - 1);
        int channels = (dy.Channels + PackedWeights.PanelWidth - 1) / PackedWeights.PanelWidth * PackedWeights.PanelWidth;
        for (int tile = first; tile < first + count; tile++, m += PackedWeights.PanelWidth)
        {
            (int n, int top, int left) = At(tile);
            bool isInside = top + reach < height && left + reach < width;
            for (int c = 0; c < channels; c += Lanes)
            {
                float* to = m + (c / PackedWeights.PanelWidth * panel) + (c % PackedWeights.PanelWidth);
                if (isInside && c + Lanes <= dy.Channels)
                {
                    ResultGradientTile(dy.At(n, top, left) + c, rowStep, pixelStep, to, plane);
                }
                else
                {
                    Gather(dy, n, top, left, WinogradTransform.Result, c, patch);
                    ResultGradientTile(patch, WinogradTransform.Result * Lanes, Lanes, to, plane);
                }
            }
        }
    }

    /// <summary>
    /// y = epilogue(Aᵀ m A) of some tiles, from m[k][panel][tile][16].
    /// </summary>
    /// <param name="m">Products of the first tile and panel.</param>
    /// <param name="plane">Floats from one k to the next.</param>
    /// <param name="panelFloats">Floats from one panel to the next.</param>
    /// <param name="first">First tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="y">Result image.</param>
    /// <param name="panel">First panel of 16 channels.</param>
    /// <param name="panels">Number of panels.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether results are added to what the image holds.</param>
    [SkipLocalsInit]
    public void TransformResult(
        float* m,
        nint plane,
        nint panelFloats,
        int first,
        int count,
        View y,
        int panel,
        int panels,
        Epilogue epilogue,
        bool adds)
    {
        int firstChannel = panel * PackedWeights.PanelWidth;
        int endChannel = Math.Min(y.Channels, firstChannel + (panels * PackedWeights.PanelWidth));
        nint pixelStep = (nint)Dilation * y.Stride;
        float* sums = stackalloc float[WinogradTransform.Result * WinogradTransform.Result * Lanes];
        for (int tile = first; tile < first + count; tile++, m += PackedWeights.PanelWidth)
        {
            (int n, int top, int left) = At(tile);
            int rows = Math.Min(WinogradTransform.Result, PixelsOf(height - top));
            int columns = Math.Min(WinogradTransform.Result, PixelsOf(width - left));
            for (int c = firstChannel; c < endChannel; c += Lanes)
            {
                int within = c - firstChannel;
                float* from = m + (within / PackedWeights.PanelWidth * panelFloats) + (within % PackedWeights.PanelWidth);
                ResultTile(from, plane, sums);
                for (int i = 0; i < rows; i++)
                {
                    float* to = y.At(n, top + (i * Dilation), left) + c;
                    float* sum = sums + (i * WinogradTransform.Result * Lanes);
                    for (int j = 0; j < columns; j++, to += pixelStep, sum += Lanes)
                    {
                        Vector256<float> value = epilogue.Of(Vector256.Load(sum), c);
                        if (c + Lanes <= y.Channels)
                        {
                            (adds ? value + Vector256.Load(to) : value).Store(to);
                        }
                        else
                        {
                            StorePart(value, to, y.Channels - c, adds);
                        }
                    }
                }
            }
        }
    }

    /// <summary>Pixels of one of the interleaved images along an axis.</summary>
    private int PixelsOf(int size) => (size + Dilation - 1) / Dilation;

    private int TilesOf(int size) => (PixelsOf(size) + WinogradTransform.Result - 1) / WinogradTransform.Result;

    private (int N, int Top, int Left) At(int tile)
    {
        (int line, int across) = Math.DivRem(tile, Across);
        (int image, int down) = Math.DivRem(line, Down);
        (int n, int phase) = Math.DivRem(image, Dilation * Dilation);
        (int firstRow, int firstColumn) = Math.DivRem(phase, Dilation);
        int step = WinogradTransform.Result * Dilation;
        return (n, firstRow + (down * step), firstColumn + (across * step));
    }

    /// <summary>Copies size × size pixels, eight channels of each, with zeros outside of image and channels.</summary>
    private void Gather(View x, int n, int top, int left, int size, int channel, float* patch)
    {
        int channels = Math.Min(Lanes, x.Channels - channel);
        for (int i = 0; i < size; i++)
        {
            int row = top + (i * Dilation);
            for (int j = 0; j < size; j++, patch += Lanes)
            {
                int column = left + (j * Dilation);
                bool isInside = (uint)row < (uint)x.Shape.H && (uint)column < (uint)x.Shape.W;
                float* from = isInside ? x.At(n, row, column) + channel : null;
                for (int c = 0; c < Lanes; c++)
                {
                    patch[c] = isInside && c < channels ? from[c] : 0;
                }
            }
        }
    }

    private static void StorePart(Vector256<float> value, float* to, int count, bool adds)
    {
        for (int c = 0; c < count; c++)
        {
            to[c] = adds ? to[c] + value[c] : value[c];
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SourceTile(float* x, nint rowStep, nint pixelStep, float* v, nint plane)
    {
        const int Line = WinogradTransform.Patch * Lanes;
        float* lines = stackalloc float[WinogradTransform.Patch * Line];
        for (int j = 0; j < WinogradTransform.Patch; j++)
        {
            float* d = x + (j * pixelStep);
            WinogradTransform.Source(
                Vector256.Load(d),
                Vector256.Load(d + rowStep),
                Vector256.Load(d + (2 * rowStep)),
                Vector256.Load(d + (3 * rowStep)),
                Vector256.Load(d + (4 * rowStep)),
                Vector256.Load(d + (5 * rowStep)),
                lines + (j * Lanes),
                Line);
        }

        for (int i = 0; i < WinogradTransform.Patch; i++, lines += Line, v += WinogradTransform.Patch * plane)
        {
            WinogradTransform.Source(
                Vector256.Load(lines),
                Vector256.Load(lines + 8),
                Vector256.Load(lines + 16),
                Vector256.Load(lines + 24),
                Vector256.Load(lines + 32),
                Vector256.Load(lines + 40),
                v,
                plane);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResultTile(float* m, nint plane, float* y)
    {
        const int Line = WinogradTransform.Patch * Lanes;
        float* lines = stackalloc float[WinogradTransform.Result * Line];
        for (int j = 0; j < WinogradTransform.Patch; j++)
        {
            WinogradTransform.Products4(m + (j * plane), WinogradTransform.Patch * plane, lines + (j * Lanes), Line);
        }

        for (int i = 0; i < WinogradTransform.Result; i++)
        {
            WinogradTransform.Products4(lines + (i * Line), Lanes, y + (i * WinogradTransform.Result * Lanes), Lanes);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ResultGradientTile(float* dy, nint rowStep, nint pixelStep, float* m, nint plane)
    {
        const int Line = WinogradTransform.Result * Lanes;
        float* lines = stackalloc float[WinogradTransform.Patch * Line];
        for (int j = 0; j < WinogradTransform.Result; j++)
        {
            float* d = dy + (j * pixelStep);
            WinogradTransform.Results6(
                Vector256.Load(d),
                Vector256.Load(d + rowStep),
                Vector256.Load(d + (2 * rowStep)),
                Vector256.Load(d + (3 * rowStep)),
                lines + (j * Lanes),
                Line);
        }

        for (int i = 0; i < WinogradTransform.Patch; i++, lines += Line, m += WinogradTransform.Patch * plane)
        {
            WinogradTransform.Results6(
                Vector256.Load(lines),
                Vector256.Load(lines + 8),
                Vector256.Load(lines + 16),
                Vector256.Load(lines + 24),
                m,
                plane);
        }
    }
}
