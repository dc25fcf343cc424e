namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// The small transforms of Winograd's convolution F(R×R, 3×3) (Lavin and Gray 2015, https://arxiv.org/abs/1509.09308,
/// section 4): a tile of R×R results of a 3×3 filter g over a patch d of P×P source pixels, P = R + 2, takes P²
/// multiplications instead of 9R²,
/// <code>
/// Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
/// </code>
/// Each function here applies one of the matrices to a column of vectors, eight channels at a time. The values of a
/// column lie a step apart in memory, and so do those of the result.
/// </summary>
internal unsafe interface IWinogradTransform
{
    /// <summary>R, results of a tile along each axis.</summary>
    static abstract int Result { get; }

    /// <summary>P, source pixels of a tile along each axis.</summary>
    static abstract int Patch { get; }

    /// <summary>P², products of a tile.</summary>
    static abstract int Products { get; }

    /// <summary>Bᵀ · d, P values to P.</summary>
    static abstract void Source(float* d, nint step, float* to, nint toStep);

    /// <summary>Aᵀ · m, P values to R.</summary>
    static abstract void Finish(float* m, nint step, float* to, nint toStep);

    /// <summary>A · y, R values to P: the gradient of <see cref="Finish"/>.</summary>
    static abstract void FinishGradient(float* y, nint step, float* to, nint toStep);

    /// <summary>G · g, three values to P.</summary>
    static abstract void Filter(float* g, nint step, float* to, nint toStep);

    /// <summary>Gᵀ · u, P values to three: the gradient of <see cref="Filter"/>.</summary>
    static abstract void FilterGradient(float* u, nint step, float* to, nint toStep);
}
