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
/// <param name="description">How it sees images.</param>
/// <param name="predictor">Runs it.</param>
internal sealed class TilePlanner(Network network, NetworkDescription description, Predictor predictor)
{
    private const long Budget = 1L << 30;

    /// <summary>Pictures of more pixels are cut without asking what they would take as a whole.</summary>
    private const long MostWhole = 1L << 26;

    private const int MostOverlap = 128;

    private static readonly int[] Sides = [1024, 768, 512, 384, 256];

    private readonly Lazy<bool> _isUnpadded = new(() => IsUnpadded(network));
    private (PictureSize Picture, SegmentationSettings Settings)? _lastAsked;
    private TilePlan? _last;

    /// <summary>
    /// Whether the network sees pictures as a whole only: at a size of its own, or because values depend on all pixels.
    /// </summary>
    public bool SeesWholes =>
        description.Size is not null || description.Normalization != Normalization.Unit || description.StretchesMaps;

    /// <summary>Plans a picture; a series of pictures of one size is planned once.</summary>
    public TilePlan Plan(PictureSize picture, SegmentationSettings settings)
    {
        if (_lastAsked != (picture, settings))
        {
            _last = Planned(picture, settings);
            _lastAsked = (picture, settings);
        }

        return _last!;
    }

    private static bool IsUnpadded(Network network)
    {
        int side = network.InputSide(Sides[^1]);
        return network.Forward(Value.Input(Shape.Nchw(1, network.Channels, side, side))).Shape.H < side;
    }

    private TilePlan Planned(PictureSize picture, SegmentationSettings settings)
    {
        PictureSize seen = description.Size ?? Scaled(picture, settings.Scale);
        if (SeesWholes)
        {
            return Cut(picture, seen, Math.Max(seen.Height, seen.Width), settings);
        }

        if (settings.Tile is { } side)
        {
            return Cut(picture, seen, TileAxis.RoundUp(side), settings);
        }

        if ((long)seen.Height * seen.Width <= MostWhole
            && Cut(picture, seen, Math.Max(seen.Height, seen.Width), settings) is { MemoryBytes: <= Budget } whole)
        {
            return whole;
        }

        return Sides.Select(length => Cut(picture, seen, length, settings))
            .FirstOrDefault(plan => plan.MemoryBytes <= Budget) ?? Cut(picture, seen, Sides[^1], settings);
    }

    private static PictureSize Scaled(PictureSize picture, double scale) => new(
        Math.Max(1, (int)Math.Round(picture.Height * scale)), Math.Max(1, (int)Math.Round(picture.Width * scale)));

    private TilePlan Cut(PictureSize picture, PictureSize seen, int side, SegmentationSettings settings)
    {
        bool isWhole = side >= Math.Max(seen.Height, seen.Width);
        int overlap = isWhole ? 0 : OverlapOf(side, settings);
        var rows = TileAxis.Of(seen.Height, side, overlap, network.InputSide);
        var columns = TileAxis.Of(seen.Width, side, overlap, network.InputSide);
        return new TilePlan(picture, seen, rows, columns)
        {
            Overlap = overlap,
            Copies = Symmetry.Of(settings.Augmentation),
            MemoryBytes = BytesOf(picture, seen, rows, columns),
        };
    }

    private int OverlapOf(int side, SegmentationSettings settings)
    {
        int wanted = settings.Overlap ?? (_isUnpadded.Value ? 0 : Math.Min(MostOverlap, side / 4));
        return Math.Min(TileAxis.RoundUp(wanted), side / 2 / TileAxis.Step * TileAxis.Step);
    }

    private long BytesOf(PictureSize picture, PictureSize seen, TileAxis rows, TileAxis columns)
    {
        Shape tile = Shape.Nchw(1, network.Channels, rows.InputLength, columns.InputLength);
        PictureSize told = new(rows.Length, columns.Length);
        return predictor.BytesFor(tile, told)
            + ((tile.Count + ((long)told.Height * told.Width * network.Classes)) * sizeof(float))
            + RowWindow.BytesOf(rows.MostSeen(), seen.Width, network.Channels)
            + RowWindow.BytesOf(rows.Length, seen.Width, network.Classes)
            + ResizedRows.BytesFor(picture, seen, network.Channels)
            + ResizedRows.BytesFor(seen, picture, network.Classes);
    }
}
