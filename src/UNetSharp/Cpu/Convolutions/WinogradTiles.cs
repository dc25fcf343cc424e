using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using UNetSharp.Execution;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// An image cut into tiles of R×R result pixels, each of which reads a patch of P×P source pixels that starts a padding
/// before it. With a dilation d the pixels of tile and patch are d apart: an image is then d² interleaved ones, which
/// do not see each other. Tiles are counted by rows through all images. What a tile has outside of the image is zero,
/// and is not written.
/// </summary>
internal readonly unsafe struct WinogradTiles<TTransform>(int images, int height, int width, WinogradWindow window)
    where TTransform : struct, IWinogradTransform
{
    private const int Lanes = 8;
    private const int PanelWidth = PackedWeights.PanelWidth;

    private const int ChunkChannels = WinogradTile<TTransform>.MaxChannels;

    /// <summary>Number of tiles.</summary>
    public int Count => images * Dilation * Dilation * Down * Across;

    private int Dilation => window.Dilation;

    private int Across => CountTiles(width);

    private int Down => CountTiles(height);

    /// <summary>
    /// Floats of a tile's row in a matrix of that many channels: whole vectors, and not a multiple of the distance at
    /// which rows would share few sets of the cache.
    /// </summary>
    public static int RowFloats(int channels)
    {
        int whole = (channels + Lanes - 1) / Lanes * Lanes;
        return whole % 128 == 0 ? whole + PanelWidth : whole;
    }

    /// <summary>
    /// v[tile][k][channel] = Bᵀ d B for all products k, of the patches of some tiles.
    /// </summary>
    /// <param name="x">Source image.</param>
    /// <param name="first">First tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="v">Result, <see cref="RowFloats"/> for each tile and product.</param>
    /// <param name="tileStep">Floats from one tile to the next.</param>
    /// <param name="plane">Floats from one k to the next.</param>
    [SkipLocalsInit]
    public void TransformSource(View x, int first, int count, float* v, nint tileStep, nint plane)
    {
        float* patchMemory = stackalloc float[(TTransform.Products * ChunkChannels) + CacheLine.Floats];
        float* patch = CacheLine.Align(patchMemory);
        nint pixelStep = (nint)Dilation * x.Stride;
        nint rowStep = pixelStep * x.Shape.W;
        int reach = Dilation * (TTransform.Patch - 1);
        int wholeChannels = x.Channels / Lanes * Lanes;
        for (int tile = first; tile < first + count; tile++, v += tileStep)
        {
            (int n, int top, int left) = At(tile);
            (top, left) = (top - window.PaddingRows, left - window.PaddingColumns);
            bool isInside = top >= 0 && left >= 0 && top + reach < x.Shape.H && left + reach < x.Shape.W;
            int c = 0;
            for (; isInside && c < wholeChannels; c += ChunkChannels)
            {
                int channels = Math.Min(ChunkChannels, wholeChannels - c);
                float* from = x.At(n, top, left) + c;
                WinogradTile<TTransform>.Source(from, rowStep, pixelStep, channels, v + c, plane);
                FetchNext(from, TTransform.Patch, rowStep, pixelStep, channels);
            }

            for (c = isInside ? wholeChannels : 0; c < x.Channels; c += ChunkChannels)
            {
                int channels = Math.Min(ChunkChannels, x.Channels - c);
                int pixelFloats = (channels + Lanes - 1) / Lanes * Lanes;
                Gather(x, n, top, left, TTransform.Patch, c, channels, pixelFloats, patch);
                WinogradTile<TTransform>.Source(
                    patch, TTransform.Patch * pixelFloats, pixelFloats, channels, v + c, plane);
            }
        }
    }

    /// <summary>
    /// m[panel][tile][k][16] = A dy Aᵀ for all products k, of the result pixels of some tiles: the gradient of
    /// <see cref="TransformResult"/>.
    /// </summary>
    [SkipLocalsInit]
    public void TransformResultGradient(
        View dy, int first, int count, float* m, nint tileStep, nint plane, nint panelStep)
    {
        float* patchMemory = stackalloc float[(TTransform.Result * TTransform.Result * PanelWidth) + CacheLine.Floats];
        float* patch = CacheLine.Align(patchMemory);
        nint pixelStep = (nint)Dilation * dy.Stride;
        nint rowStep = pixelStep * dy.Shape.W;
        int reach = Dilation * (TTransform.Result - 1);
        for (int tile = first; tile < first + count; tile++, m += tileStep)
        {
            (int n, int top, int left) = At(tile);
            bool isInside = top + reach < height && left + reach < width;
            float* to = m;
            for (int c = 0; c < dy.Channels; c += PanelWidth, to += panelStep)
            {
                if (isInside && c + PanelWidth <= dy.Channels)
                {
                    float* from = dy.At(n, top, left) + c;
                    WinogradTile<TTransform>.ResultGradient(from, rowStep, pixelStep, to, plane);
                    FetchNext(from, TTransform.Result, rowStep, pixelStep, PanelWidth);
                }
                else
                {
                    int channels = Math.Min(PanelWidth, dy.Channels - c);
                    Gather(dy, n, top, left, TTransform.Result, c, channels, PanelWidth, patch);
                    WinogradTile<TTransform>.ResultGradient(
                        patch, TTransform.Result * PanelWidth, PanelWidth, to, plane);
                }
            }
        }
    }

    /// <summary>
    /// y = epilogue(Aᵀ m A) of some tiles, from m[panel][tile][k][16].
    /// </summary>
    /// <param name="m">Products of the first tile and panel.</param>
    /// <param name="tileStep">Floats from one tile to the next.</param>
    /// <param name="panelStep">Floats from one panel to the next.</param>
    /// <param name="first">First tile.</param>
    /// <param name="count">Number of tiles.</param>
    /// <param name="y">Result image.</param>
    /// <param name="panel">First panel of 16 channels.</param>
    /// <param name="panels">Number of panels.</param>
    /// <param name="epilogue">What to do with finished sums.</param>
    /// <param name="adds">Whether what the image holds is added to the sums before the epilogue.</param>
    [SkipLocalsInit]
    public void TransformResult(
        float* m,
        nint tileStep,
        nint panelStep,
        int first,
        int count,
        View y,
        int panel,
        int panels,
        Epilogue epilogue,
        bool adds)
    {
        int firstChannel = panel * PanelWidth;
        int endChannel = Math.Min(y.Channels, firstChannel + (panels * PanelWidth));
        nint pixelStep = (nint)Dilation * y.Stride;
        nint rowStep = pixelStep * y.Shape.W;
        float* sumsMemory = stackalloc float[(TTransform.Result * TTransform.Result * PanelWidth) + CacheLine.Floats];
        float* sums = CacheLine.Align(sumsMemory);
        epilogue.StartBlock(firstChannel, endChannel);
        for (int tile = first; tile < first + count; tile++, m += tileStep)
        {
            (int n, int top, int left) = At(tile);
            int rows = Math.Min(TTransform.Result, CountPixels(height - top));
            int columns = Math.Min(TTransform.Result, CountPixels(width - left));
            float* from = m;
            for (int c = firstChannel; c < endChannel; c += PanelWidth, from += panelStep)
            {
                WinogradTile<TTransform>.Result(from, sums);
                float* to = y.At(n, top, left) + c;
                int channels = Math.Min(PanelWidth, y.Channels - c);
                for (int i = 0; i < rows; i++, to += rowStep)
                {
                    float* row = sums + (i * TTransform.Result * PanelWidth);
                    if (channels == PanelWidth)
                    {
                        Prefetch.Lines(to + (TTransform.Result * pixelStep), pixelStep, columns, PanelWidth);
                        StoreRow(row, columns, to, pixelStep, c, epilogue, adds);
                    }
                    else
                    {
                        StorePart(row, columns, to, pixelStep, c, channels, epilogue, adds);
                    }
                }

                epilogue.FinishTile(y, n, top, left, rows, columns, c);
            }
        }
    }

    /// <summary>Pixels of one of the interleaved images along an axis.</summary>
    private int CountPixels(int size) => (size + Dilation - 1) / Dilation;

    private int CountTiles(int size) => (CountPixels(size) + TTransform.Result - 1) / TTransform.Result;

    private (int N, int Top, int Left) At(int tile)
    {
        (int line, int across) = Math.DivRem(tile, Across);
        (int image, int down) = Math.DivRem(line, Down);
        (int n, int phase) = Math.DivRem(image, Dilation * Dilation);
        (int firstRow, int firstColumn) = Math.DivRem(phase, Dilation);
        int step = TTransform.Result * Dilation;
        return (n, firstRow + (down * step), firstColumn + (across * step));
    }

    /// <summary>
    /// Copies some channels of size × size pixels to pixels of a certain width, with zeros behind the channels and
    /// outside of the image.
    /// </summary>
    private void Gather(
        View x, int n, int top, int left, int size, int channel, int channels, int pixelFloats, float* patch)
    {
        for (int i = 0; i < size; i++)
        {
            int row = top + (i * Dilation);
            for (int j = 0; j < size; j++, patch += pixelFloats)
            {
                int column = left + (j * Dilation);
                Span<float> pixel = new(patch, pixelFloats);
                if ((uint)row < (uint)x.Shape.H && (uint)column < (uint)x.Shape.W)
                {
                    new Span<float>(x.At(n, row, column) + channel, channels).CopyTo(pixel);
                    pixel = pixel[channels..];
                }

                pixel.Clear();
            }
        }
    }

    /// <summary>Fetches what the patch to the right of a patch does not share with it.</summary>
    private static void FetchNext(float* patch, int size, nint rowStep, nint pixelStep, int channels)
    {
        patch += size * pixelStep;
        for (int i = 0; i < size; i++, patch += rowStep)
        {
            Prefetch.Lines(patch, pixelStep, TTransform.Result, channels);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StoreRow(
        float* sums, int columns, float* to, nint step, int column, in Epilogue epilogue, bool adds)
    {
        (Vector256<float> lowBias, Vector256<float> highBias) = (epilogue.Bias(column), epilogue.Bias(column + Lanes));
        float slope = epilogue.Slope;
        for (int j = 0; j < columns; j++, to += step, sums += PanelWidth)
        {
            Vector256<float> low = Vector256.Load(sums) + lowBias;
            Vector256<float> high = Vector256.Load(sums + Lanes) + highBias;
            if (adds)
            {
                low += Vector256.Load(to);
                high += Vector256.Load(to + Lanes);
            }

            Epilogue.LeakyRelu(low, slope).Store(to);
            Epilogue.LeakyRelu(high, slope).Store(to + Lanes);
        }
    }

    private static void StorePart(
        float* sums, int columns, float* to, nint step, int column, int channels, in Epilogue epilogue, bool adds)
    {
        float* finished = stackalloc float[PanelWidth];
        for (int j = 0; j < columns; j++, to += step, sums += PanelWidth)
        {
            if (adds)
            {
                new Span<float>(to, channels).CopyTo(new Span<float>(finished, channels));
            }

            StoreRow(sums, 1, finished, 0, column, epilogue, adds);
            new Span<float>(finished, channels).CopyTo(new Span<float>(to, channels));
        }
    }
}
