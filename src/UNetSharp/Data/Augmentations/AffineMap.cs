namespace UNetSharp.Data.Augmentations;

/// <summary>
/// Where a part's pixels come from: source = A·(o + d(o)) + start, with o the row and column in the part, d the elastic
/// displacement and A = F·T·R / zoom of flips, quarter turns and rotation. The part's centre comes from the centre of
/// its window; or, if a pixel must be kept, it stays where it is without rotation, zoom and displacement.
/// </summary>
internal readonly record struct AffineMap(
    double RowByRow, double RowByColumn, double ColumnByRow, double ColumnByColumn, double RowStart, double ColumnStart)
{
    /// <summary>The map of a draw.</summary>
    /// <param name="draw">What chance decided.</param>
    /// <param name="window">Where the part is cut out.</param>
    /// <param name="part">Size of the part.</param>
    /// <param name="imageSize">Size of the sample.</param>
    /// <param name="field">The displacement, if there is one.</param>
    public static AffineMap FromDraw(
        in AugmentationDraw draw, CropWindow window, PictureSize part, PictureSize imageSize, DisplacementAt? field)
    {
        AffineMap turned = Linear(draw, part, angle: 0, zoom: 1);
        AffineMap map = Linear(draw, part, draw.Angle, draw.Zoom);
        (double row, double column) = ((part.Height - 1) / 2.0, (part.Width - 1) / 2.0);
        (double middleRow, double middleColumn) = (window.Top + row, window.Left + column);
        if (window.RequiredPixel is not { } kept)
        {
            // The place of a crop is random anyway; a shift on top would only bring the mirrored border in.
            middleRow += part.Height >= imageSize.Height ? Math.Round(draw.Shift.Down * part.Height) : 0;
            middleColumn += part.Width >= imageSize.Width ? Math.Round(draw.Shift.Right * part.Width) : 0;
            return map.AnchoredAt(row, column, middleRow, middleColumn);
        }

        // The inverse of flips and turns is their transpose.
        (double down, double right) = (kept.Row - middleRow, kept.Column - middleColumn);
        row += (turned.RowByRow * down) + (turned.ColumnByRow * right);
        column += (turned.RowByColumn * down) + (turned.ColumnByColumn * right);
        (double moveDown, double moveRight) = field?.Invoke((int)row, (int)column) ?? (0, 0);
        return map.AnchoredAt(row + moveDown, column + moveRight, kept.Row, kept.Column);
    }

    /// <summary>The source of a place.</summary>
    public (double Row, double Column) MapToSource(double row, double column) => (
        (RowByRow * row) + (RowByColumn * column) + RowStart,
        (ColumnByRow * row) + (ColumnByColumn * column) + ColumnStart);

    private static AffineMap Linear(in AugmentationDraw draw, PictureSize part, double angle, double zoom)
    {
        // What is not square would not fit after a quarter turn.
        int turns = part.Height == part.Width ? draw.QuarterTurns : draw.QuarterTurns & 2;
        (int turnSine, int turnCosine) = turns switch { 0 => (0, 1), 1 => (1, 0), 2 => (0, -1), _ => (-1, 0) };
        (double sine, double cosine) = Math.SinCos(angle);
        double c = ((cosine * turnCosine) - (sine * turnSine)) / zoom;
        double s = ((sine * turnCosine) + (cosine * turnSine)) / zoom;
        (int down, int right) = (draw.IsFlippedVertically ? -1 : 1, draw.IsFlippedHorizontally ? -1 : 1);
        return new AffineMap(down * c, -down * s, right * s, right * c, 0, 0);
    }

    /// <summary>The map with a start such that one place comes from another.</summary>
    private AffineMap AnchoredAt(double row, double column, double sourceRow, double sourceColumn) => this with
    {
        RowStart = sourceRow - (RowByRow * row) - (RowByColumn * column),
        ColumnStart = sourceColumn - (ColumnByRow * row) - (ColumnByColumn * column),
    };
}

/// <summary>The displacement of a pixel, down and right.</summary>
internal delegate (float Down, float Right) DisplacementAt(int row, int column);
