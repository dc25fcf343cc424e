using System.Runtime.CompilerServices;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The register tile of gradients by weights, summed over pixels or over Winograd's tiles:
/// <code>sums[6][16] = Σ a[6] ⊗ b[16]</code>
/// </summary>
internal static unsafe class OuterProducts
{
    /// <summary>Channels of a.</summary>
    public const int Channels = RegisterTile.Rows;

    private const int PanelWidth = PackedWeights.PanelWidth;

    /// <summary>Sums the products of some rows and columns, or adds them.</summary>
    /// <param name="a">Six channels of the first place.</param>
    /// <param name="rowStep">Floats of a from a row to the next.</param>
    /// <param name="step">Floats of a from a column to the next.</param>
    /// <param name="b">Sixteen channels of every place, one after another.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="adds">Whether to add to the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Sum(float* a, nint rowStep, nint step, float* b, int rows, int columns, float* sums, bool adds)
    {
        RegisterTile tile = default;
        if (adds)
        {
            tile.Load(sums, PanelWidth);
        }

        for (int row = 0; row < rows; row++, a += rowStep, b += columns * PanelWidth)
        {
            tile.AddOuterProducts(a, step, b, columns);
        }

        tile.Store(sums, PanelWidth);
    }
}
