namespace UNetSharp.Benchmarks;

/// <summary>Why there is nothing to compare: a side has failed, or the results differ.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
