namespace UNetSharp.Graph.Operations;

/// <summary>
/// Resizing by any weights that belong to rows and columns separately, such as cubic interpolation:
/// y[h, w] = Σᵢⱼ a[h, i] · b[w, j] · x[i, j]; (N, C, H, W) → (N, C, H′, W′). Backward: dx[i, j] = Σₕᵥ a[h, i] · b[v, j]
/// · dy[h, v].
/// </summary>
public sealed class Resample : Operation
{
    internal Resample(Value x, TapAxis rows, TapAxis columns)
        : base(x.Shape.WithSize(rows.Count, columns.Count), [x]) => (Rows, Columns) = (rows, columns);

    /// <summary>Weights of the rows.</summary>
    internal TapAxis Rows { get; }

    /// <summary>Weights of the columns.</summary>
    internal TapAxis Columns { get; }

    /// <inheritdoc/>
    public override string LayerType => "Upsample";
}
