using UNetSharp.Data.Rows;
using UNetSharp.Tensors;

namespace UNetSharp.Inference.Tiling;

/// <summary>
/// Probabilities of a picture, row after row: when the next row is asked for and its tiles are not done, the next row
/// of tiles is computed. The rows of the picture under their inputs are kept, and the sums of the rows of their
/// outputs.
/// </summary>
internal sealed class TiledRows : RowSource
{
    private readonly TilePlan _plan;
    private readonly TilePredictor _predictor;
    private readonly Action<int>? _progress;
    private readonly RowWindow _picture;
    private readonly Tensor _image;
    private readonly float[] _probabilities;

    // Weighted sums of the rows whose tiles are not all done; row r lies at r modulo their number.
    private readonly float[][] _sums;
    private int _tileRow;
    private int _next;

    /// <param name="picture">The picture at the size that the network reads, in 0..1.</param>
    /// <param name="plan">The tiles.</param>
    /// <param name="predictor">Runs the network on a tile.</param>
    /// <param name="channels">Channels of the result.</param>
    /// <param name="progress">Is given how many tiles are done.</param>
    public TiledRows(RowSource picture, TilePlan plan, TilePredictor predictor, int channels, Action<int>? progress)
        : base(picture.Size, channels)
    {
        (_plan, _predictor, _progress) = (plan, predictor, progress);
        _picture = new RowWindow(picture, plan.Rows.MaxInputSpan());
        _image = new Tensor(Shape.Nchw(1, picture.Channels, plan.Rows.InputLength, plan.Columns.InputLength));
        _probabilities = new float[checked(plan.Rows.OutputLength * plan.Columns.OutputLength * channels)];
        _sums =
            [.. Enumerable.Range(0, Math.Min(plan.Rows.OutputLength, Size.Height)).Select(_ => new float[RowLength])];
    }

    /// <inheritdoc/>
    protected override void ReadNextRow(Span<float> row)
    {
        while (_tileRow < _plan.Rows.Count && (_tileRow == 0 || _next >= _plan.Rows.GetStart(_tileRow)))
        {
            ComputeTileRow(_tileRow++);
        }

        Span<float> sums = _sums[_next++ % _sums.Length];
        sums.CopyTo(row);
        sums.Clear(); // for a row further down
    }

    /// <inheritdoc/>
    protected override void Dispose(bool isDisposing)
    {
        _picture.Dispose();
        base.Dispose(isDisposing);
    }

    private void ComputeTileRow(int tileRow)
    {
        int[] rows = _plan.Rows.GetSourcePixels(tileRow);
        _picture.ReadTo(rows.Max());
        for (int tileColumn = 0; tileColumn < _plan.Columns.Count; tileColumn++)
        {
            CopyInput(rows, _plan.Columns.GetSourcePixels(tileColumn));
            _predictor.Predict(_image, _plan.Tile, _probabilities);
            AddTile(tileRow, tileColumn);
            _progress?.Invoke((tileRow * _plan.Columns.Count) + tileColumn + 1);
        }
    }

    /// <summary>Copies the tile's input.</summary>
    private void CopyInput(int[] rows, int[] columns)
    {
        int channels = _image.Shape.C;
        Span<float> image = _image.Data;
        foreach (int row in rows)
        {
            ReadOnlySpan<float> source = _picture.Row(row);
            foreach (int column in columns)
            {
                source.Slice(column * channels, channels).CopyTo(image);
                image = image[channels..];
            }
        }
    }

    /// <summary>Adds the tile's output, as far as it lies in the picture, by its weights.</summary>
    private void AddTile(int tileRow, int tileColumn)
    {
        (int top, int left) = (_plan.Rows.GetStart(tileRow), _plan.Columns.GetStart(tileColumn));
        ReadOnlySpan<float> down = _plan.Rows.GetWeights(tileRow);
        ReadOnlySpan<float> across = _plan.Columns.GetWeights(tileColumn);
        for (int i = Math.Max(0, -top); i < down.Length && top + i < Size.Height; i++)
        {
            Span<float> sums = _sums[(top + i) % _sums.Length];
            ReadOnlySpan<float> output = _probabilities.AsSpan(i * across.Length * Channels);
            for (int j = Math.Max(0, -left); j < across.Length && left + j < Size.Width; j++)
            {
                float weight = down[i] * across[j];
                for (int k = 0; k < Channels; k++)
                {
                    sums[((left + j) * Channels) + k] += weight * output[(j * Channels) + k];
                }
            }
        }
    }
}
