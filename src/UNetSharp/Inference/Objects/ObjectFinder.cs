using UNetSharp.Data;

namespace UNetSharp.Inference.Objects;

/// <summary>
/// Finds the objects of a mask that comes row by row: pixels of one class that touch, at corners too, are one object (8
/// neighbours; class 0 is the background, 255 unknown). A row is cut into runs of one class. A run joins the pieces
/// whose runs it touches in the row above (union-find), and a piece that no run of a new row joins is an object. What
/// is measured are sums, so that pieces are joined by adding them:
/// <code>
/// sides    2 + 2·length for every run, less 2·overlap for every two runs that touch
/// corners  4 for every run, less 2 for every two runs that touch with one start, and 2 for those with one end
/// perimeter = sides − corners + corners / √2
/// </code>
/// Memory is that of two rows of runs, of the objects found, and of their runs if these are to be kept.
/// </summary>
public sealed class ObjectFinder
{
    private readonly int _width;
    private readonly long _minArea;
    private readonly bool _keepsRuns;
    private readonly List<ObjectPiece> _objects = [];
    private List<(PixelRun Run, ObjectPiece Piece)> _above = [];
    private List<(PixelRun Run, ObjectPiece Piece)> _row = [];
    private int _rowCount;

    /// <summary>Begins a mask.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="minArea">Objects of fewer pixels are left out.</param>
    /// <param name="keepsRuns">Whether the pixels of objects are kept, as their outlines need.</param>
    public ObjectFinder(int width, long minArea = 1, bool keepsRuns = false) =>
        (_width, _minArea, _keepsRuns) = (width, minArea, keepsRuns);

    /// <summary>The objects of a whole mask, with their runs.</summary>
    /// <param name="classes">Class of every pixel, (height, width).</param>
    /// <param name="size">Height and width.</param>
    /// <param name="minArea">Objects of fewer pixels are left out.</param>
    public static IReadOnlyList<MaskObject> Find(ReadOnlySpan<byte> classes, PictureSize size, long minArea = 1)
    {
        ObjectFinder finder = new(size.Width, minArea, keepsRuns: true);
        for (int row = 0; row < size.Height; row++)
        {
            finder.AddRow(classes.Slice(row * size.Width, size.Width));
        }

        return finder.Finish();
    }

    /// <summary>Takes the next row.</summary>
    /// <param name="classes">Class of each pixel.</param>
    /// <param name="probabilities">
    /// Probability of that class in each pixel, for all rows of a mask or for none.
    /// </param>
    /// <exception cref="ArgumentException">The row is not as wide as the mask.</exception>
    public void AddRow(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities = default)
    {
        if (classes.Length != _width || (probabilities.Length != _width && !probabilities.IsEmpty))
        {
            throw new ArgumentException(
                $"A row of a mask {_width} wide came with {classes.Length} classes and {probabilities.Length} "
                    + "probabilities.");
        }

        int touching = 0;
        for (int start = 0, end; start < _width; start = end)
        {
            byte index = classes[start];
            int others = classes[start..].IndexOfAnyExcept(index);
            end = others < 0 ? _width : start + others;
            if (index is 0 or MaskClasses.Ignored)
            {
                continue;
            }

            double? probability = probabilities.IsEmpty ? null : Sum(probabilities[start..end]);
            PixelRun run = new(_rowCount, start, end);
            _row.Add((run, Join(new ObjectPiece(run, index, probability, _keepsRuns), run, ref touching)));
        }

        CollectFinished();
        (_above, _row) = (_row, _above);
        _row.Clear();
        _rowCount++;
    }

    /// <summary>Ends the mask.</summary>
    /// <returns>The objects, in the order in which they appear.</returns>
    public IReadOnlyList<MaskObject> Finish()
    {
        CollectFinished();
        _above.Clear();
        _objects.Sort((a, b) => a.First.CompareTo(b.First));
        return [.. _objects.Select((piece, index) => piece.ToObject(index + 1, new PictureSize(_rowCount, _width)))];
    }

    /// <summary>Joins a new piece of one run with those of its class that the run touches above.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="run">Its run.</param>
    /// <param name="touching">The first run above that this run or a later one may touch.</param>
    private ObjectPiece Join(ObjectPiece piece, PixelRun run, ref int touching)
    {
        while (touching < _above.Count && _above[touching].Run.End < run.Start)
        {
            touching++;
        }

        for (int i = touching; i < _above.Count && _above[i].Run.Start <= run.End; i++)
        {
            ObjectPiece above = _above[i].Piece.FindRoot();
            if (above.Class == piece.Class)
            {
                piece = piece.Join(above);
                piece.AddContact(_above[i].Run, run);
            }
        }

        return piece;
    }

    /// <summary>Takes the pieces above that no run of the row has joined.</summary>
    private void CollectFinished()
    {
        foreach ((_, ObjectPiece part) in _above)
        {
            ObjectPiece piece = part.FindRoot();
            bool isNew = !piece.IsFinished && piece.LastRow < _rowCount;
            if (isNew && piece.Area >= _minArea)
            {
                _objects.Add(piece);
            }

            piece.IsFinished |= isNew;
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }
}
