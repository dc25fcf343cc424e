namespace UNetSharp.Data.Rows;

/// <summary>
/// A picture, or a map over one, whose rows come one after another from the top, so that an image of any size needs
/// memory for the rows at work alone. Streams are made of streams: file → values in 0..1 → other size → probabilities
/// → picture's size.
/// </summary>
/// <param name="size">Height and width.</param>
/// <param name="channels">Values of a pixel.</param>
/// <param name="fullScale">The value of full brightness, as in <see cref="Picture"/>; 1 for maps.</param>
public abstract class RowSource(PictureSize size, int channels, float fullScale = 1) : IDisposable
{
    private bool _isDisposed;

    /// <summary>Height and width.</summary>
    public PictureSize Size { get; } = size;

    /// <summary>Values of a pixel.</summary>
    public int Channels { get; } = channels;

    /// <summary>The value of full brightness.</summary>
    public float FullScale { get; } = fullScale;

    /// <summary>What of the file was left out, a line each.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Values of a row.</summary>
    public int RowLength => checked(Size.Width * Channels);

    /// <summary>Reads the next row.</summary>
    /// <param name="row">Takes (width, channels) values.</param>
    /// <exception cref="DataException">The picture turns out to be damaged.</exception>
    /// <exception cref="ObjectDisposedException">The stream has been disposed of.</exception>
    public void ReadRow(Span<float> row)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ReadNextRow(row);
    }

    /// <summary>Reads what is left into an array of all rows, (height, width, channels).</summary>
    /// <exception cref="DataException">The picture turns out to be damaged.</exception>
    public float[] ReadAll()
    {
        float[] values = new float[checked(Size.Height * RowLength)];
        for (int row = 0; row < Size.Height; row++)
        {
            ReadRow(values.AsSpan(row * RowLength, RowLength));
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            Dispose(isDisposing: true);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Reads the next row into (width, channels) values.</summary>
    /// <exception cref="DataException">The picture turns out to be damaged.</exception>
    protected abstract void ReadNextRow(Span<float> row);

    /// <summary>Gives back what the stream holds, the stream that it reads among it.</summary>
    /// <param name="isDisposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool isDisposing)
    {
    }
}
