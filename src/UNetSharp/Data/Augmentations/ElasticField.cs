namespace UNetSharp.Data.Augmentations;

/// <summary>
/// The elastic deformation of the U-Net paper (https://arxiv.org/abs/1505.04597, section 3.1): random displacement
/// vectors on a coarse grid of 3 x 3 points over the image, Gaussian with a standard deviation of 10 pixels; the
/// displacement of every pixel by bicubic interpolation.
/// The points lie on the corners, the middles of the sides and the centre; the interpolation is Keys's cubic
/// convolution with a = −1/2 (https://doi.org/10.1109/TASSP.1981.1163711), the outermost points repeated beyond the
/// border.
/// </summary>
internal sealed class ElasticField
{
    private const int Taps = 4;
    private float[] _gridDown = [];
    private float[] _gridRight = [];
    private float[] _lineDown = [];
    private float[] _lineRight = [];
    private int[] _firstTaps = [];
    private float[] _columnWeights = [];
    private int _grid;
    private int _top;
    private int _height;

    /// <summary>Draws a field over a whole image, to look at the part that begins at a row and a column.</summary>
    public void Draw(float deviation, int grid, ulong seed, PictureSize imageSize, int top, int left, int columns)
    {
        (_grid, _top, _height) = (grid, top, imageSize.Height);
        Scratch.Grow(ref _gridDown, grid * grid);
        Scratch.Grow(ref _gridRight, grid * grid);
        Normals normals = new(seed);
        for (int i = 0; i < grid * grid; i++)
        {
            (float a, float b) = normals.Next();
            (_gridDown[i], _gridRight[i]) = (deviation * a, deviation * b);
        }

        PrepareColumns(imageSize.Width, left, columns);
    }

    /// <summary>The displacements of one row of the part, in pixels down and right.</summary>
    public void ComputeRow(int row, Span<float> down, Span<float> right)
    {
        InterpolateLine(row);
        for (int j = 0; j < down.Length; j++)
        {
            ReadOnlySpan<float> weights = _columnWeights.AsSpan(j * Taps, Taps);
            ReadOnlySpan<float> downs = _lineDown.AsSpan(_firstTaps[j], Taps);
            ReadOnlySpan<float> rights = _lineRight.AsSpan(_firstTaps[j], Taps);
            down[j] = (weights[0] * downs[0]) + (weights[1] * downs[1]) + (weights[2] * downs[2])
                + (weights[3] * downs[3]);
            right[j] = (weights[0] * rights[0]) + (weights[1] * rights[1]) + (weights[2] * rights[2])
                + (weights[3] * rights[3]);
        }
    }

    private void PrepareColumns(int width, int left, int columns)
    {
        Scratch.Grow(ref _lineDown, _grid + 2);
        Scratch.Grow(ref _lineRight, _grid + 2);
        Scratch.Grow(ref _firstTaps, columns);
        Scratch.Grow(ref _columnWeights, columns * Taps);
        for (int j = 0; j < columns; j++)
        {
            (_firstTaps[j], float t) = Locate(left + j, width);
            ComputeCubicWeights(t, _columnWeights.AsSpan(j * Taps, Taps));
        }
    }

    /// <summary>One row's values above the points of the grid, with the outermost repeated once.</summary>
    private void InterpolateLine(int row)
    {
        Span<float> weights = stackalloc float[Taps];
        (int first, float t) = Locate(_top + row, _height);
        ComputeCubicWeights(t, weights);
        for (int g = 0; g < _grid + 2; g++)
        {
            int column = Math.Clamp(g - 1, 0, _grid - 1);
            (_lineDown[g], _lineRight[g]) = (0, 0);
            for (int k = 0; k < Taps; k++)
            {
                int point = (Math.Clamp(first - 1 + k, 0, _grid - 1) * _grid) + column;
                _lineDown[g] += weights[k] * _gridDown[point];
                _lineRight[g] += weights[k] * _gridRight[point];
            }
        }
    }

    /// <summary>The point of the grid before a pixel, and the way to the next, 0 to 1.</summary>
    private (int Before, float Way) Locate(int position, int size)
    {
        // Pixels outside the image move as the border does.
        double place = size > 1 ? Math.Clamp((double)position * (_grid - 1) / (size - 1), 0, _grid - 1) : 0;
        int before = Math.Min((int)place, _grid - 2);
        return (before, (float)(place - before));
    }

    private static void ComputeCubicWeights(float t, Span<float> weights)
    {
        weights[0] = ((((-0.5f * t) + 1) * t) - 0.5f) * t;
        weights[1] = (((1.5f * t) - 2.5f) * t * t) + 1;
        weights[2] = ((((-1.5f * t) + 2) * t) + 0.5f) * t;
        weights[3] = ((0.5f * t) - 0.5f) * t * t;
    }
}
