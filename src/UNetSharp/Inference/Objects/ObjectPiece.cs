using UNetSharp.Data;

namespace UNetSharp.Inference.Objects;

/// <summary>
/// What is known of an object so far, as sums over its runs; other pieces may still turn out to belong to it.
/// </summary>
internal sealed class ObjectPiece
{
    private ObjectPiece? _parent;
    private int _left;
    private int _right;
    private long _twiceX;
    private long _twiceY;
    private long _sides;
    private long _corners;
    private double? _probability;
    private List<PixelRun>? _runs;

    /// <summary>A piece of one run.</summary>
    public ObjectPiece(PixelRun run, byte index, double? probability, bool keepsRuns)
    {
        long length = run.End - run.Start;
        (Class, Area, First, LastRow) = (index, length, (run.Row, run.Start), run.Row);
        (_left, _right, _probability) = (run.Start, run.End, probability);
        (_twiceX, _twiceY) = (length * (run.Start + run.End), length * ((2L * run.Row) + 1));
        (_sides, _corners) = (2 + (2 * length), 4);
        _runs = keepsRuns ? [run] : null;
    }

    public byte Class { get; }

    public long Area { get; private set; }

    /// <summary>The first pixel, row by row.</summary>
    public (int Row, int Column) First { get; private set; }

    public int LastRow { get; private set; }

    public bool IsFinished { get; set; }

    /// <summary>The piece that this one has become a part of, or else itself.</summary>
    public ObjectPiece FindRoot()
    {
        ObjectPiece piece = this;
        while (piece._parent is { } above)
        {
            // Halving the way keeps the trees flat.
            piece._parent = above._parent ?? above;
            piece = piece._parent;
        }

        return piece;
    }

    /// <summary>This piece and another one as one.</summary>
    public ObjectPiece Join(ObjectPiece other)
    {
        if (other == this)
        {
            return this;
        }

        if (Area < other.Area)
        {
            return other.Join(this); // the small one into the large one, so that no run is copied often
        }

        other._parent = this;
        First = First.CompareTo(other.First) < 0 ? First : other.First;
        LastRow = Math.Max(LastRow, other.LastRow);
        (_left, _right) = (Math.Min(_left, other._left), Math.Max(_right, other._right));
        Area += other.Area;
        _twiceX += other._twiceX;
        _twiceY += other._twiceY;
        _sides += other._sides;
        _corners += other._corners;
        _probability += other._probability;
        _runs?.AddRange(other._runs!);
        other._runs = null;
        return this;
    }

    /// <summary>Takes back sides and corners that are none, as two runs of this piece touch.</summary>
    public void AddContact(PixelRun above, PixelRun below)
    {
        _sides -= 2 * Math.Max(0, Math.Min(above.End, below.End) - Math.Max(above.Start, below.Start));
        _corners -= (above.Start == below.Start ? 2 : 0) + (above.End == below.End ? 2 : 0);
    }

    /// <summary>The piece as an object to which nothing more belongs.</summary>
    public MaskObject ToObject(int id, PictureSize size)
    {
        _runs?.Sort((a, b) => (a.Row, a.Start).CompareTo((b.Row, b.Start)));
        PixelBox box = new(_left, First.Row, _right - _left, LastRow + 1 - First.Row);
        return new MaskObject(
            id,
            Class,
            Area,
            box,
            0.5 * _twiceX / Area,
            0.5 * _twiceY / Area,
            _sides - _corners + (_corners / Math.Sqrt(2)),
            _probability / Area,
            box.Left == 0 || box.Top == 0 || _right == size.Width || LastRow == size.Height - 1,
            _runs);
    }
}
