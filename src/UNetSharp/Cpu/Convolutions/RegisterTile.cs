using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace UNetSharp.Cpu.Convolutions;

/// <summary>
/// What the matrix products of convolutions are made of: sums of six rows and sixteen columns,
/// <code>s[6][16] = Σ x[6] ⊗ u[16]</code>
/// A local variable of this type lies in twelve vector registers; two more hold u, one a value of x. Where
/// <c>rows</c> is a smaller constant, the last rows are left out.
/// </summary>
/// <remarks>
/// A term is 12 multiply-adds and 8 loads. On a core that is shared, what counts and compares beside them takes time as
/// they do, so loops take several terms in a turn.
/// </remarks>
internal unsafe struct RegisterTile
{
    /// <summary>Rows.</summary>
    public const int Rows = 6;

    private const int Columns = PackedWeights.PanelWidth;
    private const int Lanes = 8;

    private Vector256<float> _s00;
    private Vector256<float> _s01;
    private Vector256<float> _s10;
    private Vector256<float> _s11;
    private Vector256<float> _s20;
    private Vector256<float> _s21;
    private Vector256<float> _s30;
    private Vector256<float> _s31;
    private Vector256<float> _s40;
    private Vector256<float> _s41;
    private Vector256<float> _s50;
    private Vector256<float> _s51;

    /// <summary>Adds a matrix product: x0 to x5 are rows of one matrix, u is the other, 16 columns wide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(
        float* x0, float* x1, float* x2, float* x3, float* x4, float* x5, float* u, nint terms, int rows = Rows)
    {
        nint i = 0;
        for (; i <= terms - 8; i += 8, u += 8 * Columns)
        {
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 0, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 1, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 2, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 3, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 4, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 5, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 6, rows);
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 7, rows);
        }

        for (; i < terms; i++, u += Columns)
        {
            Add(x0 + i, x1 + i, x2 + i, x3 + i, x4 + i, x5 + i, u, 0, rows);
        }
    }

    /// <summary>
    /// Adds outer products of x's six values, a step apart from one term to the next, and u's sixteen.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOuterProducts(float* x, nint step, float* u, nint terms)
    {
        for (; terms >= 4; terms -= 4, u += 4 * Columns)
        {
            AddOuterProduct(x, u);
            AddOuterProduct(x += step, u + Columns);
            AddOuterProduct(x += step, u + (2 * Columns));
            AddOuterProduct(x += step, u + (3 * Columns));
            x += step;
        }

        for (; terms > 0; terms--, x += step, u += Columns)
        {
            AddOuterProduct(x, u);
        }
    }

    /// <summary>Starts with sums in memory.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="step">Floats from a row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* from, nint step, int rows = Rows)
    {
        float* from3 = from + (3 * step);
        Load(from, from + step, from + (2 * step), from3, from3 + step, from3 + (2 * step), rows);
    }

    /// <summary>Starts with sums in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(
        float* from0, float* from1, float* from2, float* from3, float* from4, float* from5, int rows = Rows)
    {
        (_s00, _s01) = (Vector256.Load(from0), Vector256.Load(from0 + Lanes));
        (_s10, _s11) = (Vector256.Load(from1), Vector256.Load(from1 + Lanes));
        (_s20, _s21) = (Vector256.Load(from2), Vector256.Load(from2 + Lanes));
        (_s30, _s31) = (Vector256.Load(from3), Vector256.Load(from3 + Lanes));
        if (rows > 4)
        {
            (_s40, _s41) = (Vector256.Load(from4), Vector256.Load(from4 + Lanes));
        }

        if (rows > 5)
        {
            (_s50, _s51) = (Vector256.Load(from5), Vector256.Load(from5 + Lanes));
        }
    }

    /// <summary>Writes the sums.</summary>
    /// <param name="to">The first row.</param>
    /// <param name="step">Floats from a row to the next.</param>
    /// <param name="rows">Number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to, nint step, int rows = Rows)
    {
        float* to3 = to + (3 * step);
        Store(to, to + step, to + (2 * step), to3, to3 + step, to3 + (2 * step), rows);
    }

    /// <summary>Writes the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* to0, float* to1, float* to2, float* to3, float* to4, float* to5, int rows = Rows)
    {
        StoreRow(_s00, _s01, to0);
        StoreRow(_s10, _s11, to1);
        StoreRow(_s20, _s21, to2);
        StoreRow(_s30, _s31, to3);
        if (rows > 4)
        {
            StoreRow(_s40, _s41, to4);
        }

        if (rows > 5)
        {
            StoreRow(_s50, _s51, to5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(Vector256<float> low, Vector256<float> high, float* to)
    {
        low.Store(to);
        high.Store(to + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(
        float* x, Vector256<float> u0, Vector256<float> u1, ref Vector256<float> s0, ref Vector256<float> s1)
    {
        Vector256<float> value = Vector256.Create(*x);
        s0 = Vector256.MultiplyAddEstimate(value, u0, s0);
        s1 = Vector256.MultiplyAddEstimate(value, u1, s1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddOuterProduct(float* x, float* u) => Add(x, x + 1, x + 2, x + 3, x + 4, x + 5, u, 0, Rows);

    /// <summary>Adds term i, a constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(float* x0, float* x1, float* x2, float* x3, float* x4, float* x5, float* u, int i, int rows)
    {
        Vector256<float> u0 = Vector256.Load(u + (i * Columns)), u1 = Vector256.Load(u + (i * Columns) + Lanes);
        AddRow(x0 + i, u0, u1, ref _s00, ref _s01);
        AddRow(x1 + i, u0, u1, ref _s10, ref _s11);
        AddRow(x2 + i, u0, u1, ref _s20, ref _s21);
        AddRow(x3 + i, u0, u1, ref _s30, ref _s31);
        if (rows > 4)
        {
            AddRow(x4 + i, u0, u1, ref _s40, ref _s41);
        }

        if (rows > 5)
        {
            AddRow(x5 + i, u0, u1, ref _s50, ref _s51);
        }
    }
}
