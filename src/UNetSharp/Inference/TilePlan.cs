using UNetSharp.Data;
using UNetSharp.Inference.Tiling;

namespace UNetSharp.Inference;

/// <summary>Into which tiles a picture is cut, and what that takes; see <see cref="Segmenter.Plan"/>.</summary>
public sealed class TilePlan
{
    internal TilePlan(PictureSize picture, PictureSize scaledSize, TileAxis rows, TileAxis columns) =>
        (Picture, ScaledSize, Rows, Columns) = (picture, scaledSize, rows, columns);

    /// <summary>Size of the picture.</summary>
    public PictureSize Picture { get; }

    /// <summary>Size at which the network reads the picture.</summary>
    public PictureSize ScaledSize { get; }

    /// <summary>Number of tiles; 1 if the picture is seen as a whole.</summary>
    public int Count => Rows.Count * Columns.Count;

    /// <summary>Size of a tile's output.</summary>
    public PictureSize Tile => new(Rows.OutputLength, Columns.OutputLength);

    /// <summary>Pixels that neighbouring tiles share.</summary>
    public int Overlap { get; internal init; }

    /// <summary>
    /// Bytes for the network's values, a tile and the rows that are at work: all that grows with the picture or the
    /// tile.
    /// </summary>
    public long MemoryBytes { get; internal init; }

    internal TileAxis Rows { get; }

    internal TileAxis Columns { get; }

    internal Symmetry[] Copies { get; init; } = [];
}
