namespace UNetSharp.Workflows;

/// <summary>
/// What is made of a picture's result: it is given every row, from the top, then ends or, if something failed, is only
/// disposed and leaves nothing.
/// </summary>
internal abstract class ResultSink : IDisposable
{
    /// <summary>Takes the next row.</summary>
    /// <param name="classes">Class of every pixel.</param>
    /// <param name="probabilities">Probabilities of every pixel, (width, maps × channels).</param>
    public abstract void Add(ReadOnlySpan<byte> classes, ReadOnlySpan<float> probabilities);

    /// <summary>Puts what was made in its place, after the last row.</summary>
    public abstract void Finish();

    /// <inheritdoc/>
    public abstract void Dispose();
}
