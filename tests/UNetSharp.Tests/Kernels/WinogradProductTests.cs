using UNetSharp.Cpu.Convolutions;

namespace UNetSharp.Tests.Kernels;

/// <summary>
/// The product in the middle of Winograd's algorithm against its definition, with every number of tiles.
/// </summary>
public sealed unsafe class WinogradProductTests
{
    private const int Channels = 7;
    private const int Panel = 16;
    private const int Row = 10;
    private const int ResultRow = 24;
    private const int MaxTiles = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_number_of_tiles_is_its_definition(bool adds)
    {
        for (int count = 1; count < MaxTiles - 6; count++)
        {
            Assert.Equal(Expected(count, adds), Run(count, adds, WinogradProduct.Execute));
        }
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(36, true)]
    public void Registers_of_sixteen_values_give_the_same_bits(int count, bool adds) =>
        Assert.Equal(Run(count, adds, WinogradProduct.Execute), Run(count, adds, WinogradProduct.WideTiles));

    private delegate void Product(
        float* v, nint row, float* u, nint channels, float* m, nint resultRow, int count, bool adds);

    /// <summary>The sums of the tiles, with whole numbers, which any order adds up to the same bits.</summary>
    private static float[] Run(int count, bool adds, Product product)
    {
        float[] v = Numbers(MaxTiles * Row, 5), u = Numbers(Channels * Panel, 7), m = Numbers(MaxTiles * ResultRow, 3);
        fixed (float* from = v, filters = u, to = m)
        {
            product(from, Row, filters, Channels, to, ResultRow, count, adds);
        }

        return Sums(m, count);
    }

    private static float[] Expected(int count, bool adds)
    {
        float[] v = Numbers(MaxTiles * Row, 5), u = Numbers(Channels * Panel, 7), m = Numbers(MaxTiles * ResultRow, 3);
        for (int tile = 0; tile < count; tile++)
        {
            for (int o = 0; o < Panel; o++)
            {
                float sum = adds ? m[(tile * ResultRow) + o] : 0;
                for (int c = 0; c < Channels; c++)
                {
                    sum += v[(tile * Row) + c] * u[(c * Panel) + o];
                }

                m[(tile * ResultRow) + o] = sum;
            }
        }

        return Sums(m, count);
    }

    private static float[] Sums(float[] m, int count) =>
        [.. Enumerable.Range(0, count).SelectMany(tile => m.AsSpan(tile * ResultRow, Panel).ToArray())];

    private static float[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => (float)((i * seed % 11) - 5))];
}
