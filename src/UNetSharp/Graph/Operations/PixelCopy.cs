namespace UNetSharp.Graph.Operations;

/// <summary>An operation whose result pixels are copies of source pixels.</summary>
public abstract class PixelCopy : Operation
{
    private protected PixelCopy(Value x, SourceAxis rows, SourceAxis columns)
        : base(x.Shape.WithSize(rows.Count, columns.Count), [x]) => (Rows, Columns) = (rows, columns);

    /// <summary>Which source row each result row copies.</summary>
    internal SourceAxis Rows { get; }

    /// <summary>Which source column each result column copies.</summary>
    internal SourceAxis Columns { get; }
}
