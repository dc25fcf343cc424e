using Xunit.Sdk;

namespace UNetSharp.Tests.Golden;

/// <summary>The comparison on which all golden tests rest must see what is wrong, wherever it is.</summary>
public sealed class CloseAssertTests
{
    private const int Length = 5;

    public static TheoryData<int> Places => [.. Enumerable.Range(0, Length)];

    [Theory]
    [MemberData(nameof(Places))]
    public void A_value_that_is_off_is_named(int place)
    {
        float[] expected = [1, 1, 1, 1, 1];
        float[] actual = [.. expected];
        actual[place] = 1.001f;

        XunitException e =
            Assert.ThrowsAny<XunitException>(() => CloseAssert.AreClose(expected, actual, 1e-4, "weights"));

        Assert.Contains($"weights[{place}]: expected 1, got 1.001", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_value_that_is_no_number_is_named(int place)
    {
        float[] actual = new float[Length];
        actual[place] = float.NaN;

        XunitException e = Assert.ThrowsAny<XunitException>(
            () => CloseAssert.AreClose(new float[Length], actual, 1e-4, "weights"));

        Assert.Contains($"weights[{place}]: expected 0, got NaN", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void An_expectation_that_is_no_number_is_never_met(int place)
    {
        float[] expected = new float[Length];
        expected[place] = float.NaN;

        Assert.ThrowsAny<XunitException>(() => CloseAssert.AreClose(expected, new float[Length], 1e-4, "weights"));
    }

    [Fact]
    public void An_infinite_expectation_does_not_make_everything_close() => Assert.ThrowsAny<XunitException>(
        () => CloseAssert.AreClose([float.PositiveInfinity, 0], [float.PositiveInfinity, 1], 1e-4, "weights"));

    [Fact]
    public void Small_values_are_held_to_their_own_size() =>
        Assert.ThrowsAny<XunitException>(() => CloseAssert.AreClose([1e-6f, 0], [1.001e-6f, 0], 1e-4, "weights"));

    [Fact]
    public void Rounding_is_allowed_relative_to_the_largest_value() =>
        CloseAssert.AreClose([1000, 0], [1000, 0.05f], 1e-4, "weights");
}
