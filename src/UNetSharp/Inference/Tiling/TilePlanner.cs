using UNetSharp.Data;
using UNetSharp.Data.Rows;
using UNetSharp.Graph;
using UNetSharp.Models;
using UNetSharp.Tensors;

namespace UNetSharp.Inference.Tiling;

/// <summary>
/// Chooses tiles. A picture is seen as a whole if that takes no more than a gigabyte; else tiles are as large as fit
/// into that, with the rows of the picture that lie beside them.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="description">How it reads images.</param>
/// <param name="predictor">Runs it.</param>
internal sealed class TilePlanner(Network network, NetworkDescription description, Predictor predictor)
{
    private const long MemoryBudget = 1L << 30;

    /// <summary>Pictures of more pixels are cut without asking what they would take as a whole.</summary>
    private const long MaxWholePixels = 1L << 26;

    private const int MaxOverlap = 128;
    private const int MaxTile = 1 << 15;
    private const double MaxScale = 64;

    private static readonly int[] TileSides = [1024, 768, 512, 384, 256];

    private readonly Lazy<bool> _isUnpadded = new(() => IsUnpadded(network));
    private (PictureSize Picture, SegmentationSettings Settings)? _lastRequest;
    private TilePlan? _lastPlan;

    /// <summary>
    /// Whether the network reads pictures as a whole only: at a size of its own, or because values depend on all
    /// pixels.
    /// </summary>
    public bool RequiresWholeImage =>
        description.Size is not null || description.Normalization != Normalization.Unit || description.StretchesMaps;

    /// <summary>Plans a picture; a series of pictures of one size is planned once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting makes no sense.</exception>
    public TilePlan Plan(PictureSize picture, SegmentationSettings settings)
    {
        RequireInRange(
            settings.Tile is null or (>= TileAxis.Step and <= MaxTile), nameof(settings.Tile), settings.Tile);
        RequireInRange(settings.Overlap is null or >= 0, nameof(settings.Overlap), settings.Overlap);
        RequireInRange(settings.Scale is > 0 and <= MaxScale, nameof(settings.Scale), settings.Scale);
        if (_lastRequest != (picture, settings))
        {
            _lastPlan = CreatePlan(picture, settings);
            _lastRequest = (picture, settings);
        }

        return _lastPlan!;
    }

    private static void RequireInRange(bool isInRange, string setting, object? value)
    {
        if (!isInRange)
        {
            throw new ArgumentOutOfRangeException(
                setting,
                value,
                $"Tiles have {TileAxis.Step} to {MaxTile} pixels a side, overlaps at least 0, and a scale is above 0 "
                + $"and at most {MaxScale}.");
        }
    }

    private static bool IsUnpadded(Network network)
    {
        int side = network.InputSide(TileSides[^1]);
        return network.Forward(Value.Input(Shape.Nchw(1, network.Channels, side, side))).Shape.H < side;
    }

    private TilePlan CreatePlan(PictureSize picture, SegmentationSettings settings)
    {
        PictureSize seen = description.Size ?? Scale(picture, settings.Scale);
        if (RequiresWholeImage)
        {
            return CreateTiledPlan(picture, seen, Math.Max(seen.Height, seen.Width), settings);
        }

        if (settings.Tile is { } side)
        {
            return CreateTiledPlan(picture, seen, TileAxis.RoundUp(side), settings);
        }

        if ((long)seen.Height * seen.Width <= MaxWholePixels
            && CreateTiledPlan(
                picture, seen, Math.Max(seen.Height, seen.Width), settings) is { MemoryBytes: <= MemoryBudget } whole)
        {
            return whole;
        }

        return TileSides.Select(length => CreateTiledPlan(picture, seen, length, settings))
            .FirstOrDefault(
                plan => plan.MemoryBytes <= MemoryBudget) ?? CreateTiledPlan(picture, seen, TileSides[^1], settings);
    }

    private static PictureSize Scale(PictureSize picture, double scale) => new(
        Math.Max(1, (int)Math.Round(picture.Height * scale)), Math.Max(1, (int)Math.Round(picture.Width * scale)));

    private TilePlan CreateTiledPlan(
        PictureSize picture, PictureSize scaledSize, int side, SegmentationSettings settings)
    {
        bool isWhole = side >= Math.Max(scaledSize.Height, scaledSize.Width);
        int overlap = isWhole ? 0 : GetOverlap(side, settings);
        var rows = TileAxis.Create(scaledSize.Height, side, overlap, network.InputSide);
        var columns = TileAxis.Create(scaledSize.Width, side, overlap, network.InputSide);
        return new TilePlan(picture, scaledSize, rows, columns)
        {
            Overlap = overlap,
            Copies = Symmetry.FromAugmentation(settings.Augmentation),
            MemoryBytes = BytesFor(picture, scaledSize, rows, columns),
        };
    }

    private int GetOverlap(int side, SegmentationSettings settings)
    {
        int wanted = settings.Overlap ?? (_isUnpadded.Value ? 0 : Math.Min(MaxOverlap, side / 4));
        return Math.Min(TileAxis.RoundUp(wanted), side / 2 / TileAxis.Step * TileAxis.Step);
    }

    private long BytesFor(PictureSize picture, PictureSize scaledSize, TileAxis rows, TileAxis columns)
    {
        Shape tile = Shape.Nchw(1, network.Channels, rows.InputLength, columns.InputLength);
        PictureSize output = new(rows.OutputLength, columns.OutputLength);
        return predictor.BytesFor(tile, output)
            + ((tile.Count + ((long)output.Height * output.Width * predictor.Channels)) * sizeof(float))
            + RowWindow.BytesFor(rows.MaxInputSpan(), scaledSize.Width, network.Channels)
            + RowWindow.BytesFor(rows.OutputLength, scaledSize.Width, predictor.Channels)
            + ResizedRows.BytesFor(picture, scaledSize, network.Channels)
            + ResizedRows.BytesFor(scaledSize, picture, predictor.Channels);
    }
}
