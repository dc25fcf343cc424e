namespace UNetSharp.Data;

/// <summary>
/// For every pixel the distances to the borders of the nearest and the second nearest cell, up to a reach. Every cell
/// has a box of its own, wider than the cell by the reach, so that many small cells cost little more than one pass. In
/// a box the distance is found along columns first, D(y, x) = min over y′ of |y − y′| for border pixels (y′, x), and
/// then along rows as the lower envelope of the parabolas D(y, x′)² + (x − x′)² (Felzenszwalb and Huttenlocher,
/// Distance Transforms of Sampled Functions, https://doi.org/10.4086/toc.2012.v008a019).
/// </summary>
internal sealed class CellDistances
{
    private const int Unreachable = int.MaxValue;
    private readonly int[] _cells;
    private readonly PictureSize _size;
    private readonly int _reach;
    private readonly int[] _columns;
    private readonly int[] _vertices;
    private readonly double[] _starts;

    /// <summary>Prepares.</summary>
    /// <param name="cells">Cell of every pixel; 0 for what is in none.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="reach">Distance beyond which nothing is of interest, in pixels.</param>
    public CellDistances(ReadOnlySpan<int> cells, PictureSize size, double reach)
    {
        _cells = cells.ToArray();
        _size = size;
        _reach = (int)Math.Min(Math.Ceiling(reach), size.Height + size.Width);
        _columns = new int[cells.Length];
        _vertices = new int[size.Width];
        _starts = new double[size.Width + 1];
    }

    /// <summary>Finds both distances; +∞ where there is no such cell within reach of the box.</summary>
    public void FindTwoNearest(Span<float> nearest, Span<float> second)
    {
        nearest.Fill(float.PositiveInfinity);
        second.Fill(float.PositiveInfinity);
        foreach ((int cell, Box box) in Boxes())
        {
            MeasureColumns(cell, box);
            for (int row = box.Top; row <= box.Bottom; row++)
            {
                int start = row * _size.Width;
                MeasureRow(
                    _columns.AsSpan(start, _size.Width),
                    box,
                    nearest.Slice(start, _size.Width),
                    second.Slice(start, _size.Width));
            }
        }
    }

    /// <summary>A box around each cell with the reach on all sides.</summary>
    private List<(int Cell, Box Box)> Boxes()
    {
        Dictionary<int, Box> boxes = [];
        for (int i = 0; i < _cells.Length; i++)
        {
            if (_cells[i] != 0)
            {
                (int row, int column) = Math.DivRem(i, _size.Width);
                Box box = boxes.GetValueOrDefault(_cells[i], new Box(row, row, column, column));
                boxes[_cells[i]] = new Box(
                    box.Top, row, Math.Min(box.Left, column), Math.Max(box.Right, column));
            }
        }

        return
        [
            .. boxes.Select(entry => (entry.Key, new Box(
                Math.Max(0, entry.Value.Top - _reach),
                Math.Min(_size.Height - 1, entry.Value.Bottom + _reach),
                Math.Max(0, entry.Value.Left - _reach),
                Math.Min(_size.Width - 1, entry.Value.Right + _reach)))),
        ];
    }

    /// <summary>Distance of every pixel of the box to the cell's border in its column.</summary>
    private void MeasureColumns(int cell, Box box)
    {
        int width = _size.Width;
        for (int row = box.Top; row <= box.Bottom; row++)
        {
            for (int column = box.Left; column <= box.Right; column++)
            {
                int at = (row * width) + column;
                int above = row > box.Top ? _columns[at - width] : Unreachable;
                _columns[at] = IsBorder(cell, row, column) ? 0 : above == Unreachable ? Unreachable : above + 1;
            }
        }

        for (int row = box.Bottom; row >= box.Top; row--)
        {
            for (int column = box.Left; column <= box.Right; column++)
            {
                int at = (row * width) + column;
                int below = row < box.Bottom ? _columns[at + width] : Unreachable;
                _columns[at] = below == Unreachable ? _columns[at] : Math.Min(_columns[at], below + 1);
            }
        }
    }

    private bool IsBorder(int cell, int row, int column)
    {
        int at = (row * _size.Width) + column;
        return _cells[at] == cell
            && ((row > 0 && _cells[at - _size.Width] != cell)
                || (row < _size.Height - 1 && _cells[at + _size.Width] != cell)
                || (column > 0 && _cells[at - 1] != cell)
                || (column < _size.Width - 1 && _cells[at + 1] != cell));
    }

    /// <summary>The lower envelope of a row's parabolas, merged into the two nearest.</summary>
    private void MeasureRow(ReadOnlySpan<int> columns, Box box, Span<float> nearest, Span<float> second)
    {
        int count = BuildEnvelope(columns, box);
        if (count == 0)
        {
            return;
        }

        int k = 0;
        for (int x = box.Left; x <= box.Right; x++)
        {
            while (k + 1 < count && _starts[k + 1] < x)
            {
                k++;
            }

            double across = x - _vertices[k];
            double down = columns[_vertices[k]];
            float distance = (float)Math.Sqrt((across * across) + (down * down));
            if (distance < nearest[x])
            {
                second[x] = nearest[x];
                nearest[x] = distance;
            }
            else if (distance < second[x])
            {
                second[x] = distance;
            }
        }
    }

    /// <summary>Which parabolas are lowest somewhere, and from where on each is.</summary>
    private int BuildEnvelope(ReadOnlySpan<int> columns, Box box)
    {
        int count = 0;
        for (int q = box.Left; q <= box.Right; q++)
        {
            if (columns[q] == Unreachable)
            {
                continue;
            }

            double start = double.NegativeInfinity;
            while (count > 0)
            {
                start = Crossing(columns, _vertices[count - 1], q);
                if (start > _starts[count - 1])
                {
                    break;
                }

                count--;
            }

            _vertices[count] = q;
            _starts[count] = count == 0 ? double.NegativeInfinity : start;
            count++;
        }

        return count;
    }

    /// <summary>Where the parabola at q falls below the one at p: p &lt; q.</summary>
    private static double Crossing(ReadOnlySpan<int> columns, int p, int q)
    {
        double atP = ((double)columns[p] * columns[p]) + ((double)p * p);
        double atQ = ((double)columns[q] * columns[q]) + ((double)q * q);
        return (atQ - atP) / (2.0 * (q - p));
    }

    private readonly record struct Box(int Top, int Bottom, int Left, int Right);
}
