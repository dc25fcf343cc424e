using UNetSharp.Tensors;

namespace UNetSharp.Graph;

/// <summary>
/// Which part of the image one pixel of a feature map depends on, along one axis (Araujo, Norris and Sim 2019,
/// https://distill.pub/2019/computing-receptive-fields).
/// </summary>
/// <param name="Size">Pixels of the image that can reach it.</param>
/// <param name="Step">Pixels of the image between neighbouring pixels of the map.</param>
public readonly record struct ReceptiveField(double Size, double Step)
{
    /// <summary>The image itself.</summary>
    public static ReceptiveField Image { get; } = new(1, 1);

    /// <summary>The fields of all values of a graph; null where there is no one number for it.</summary>
    public static IReadOnlyDictionary<Value, ReceptiveField?> FindAll(ComputationGraph graph)
    {
        Dictionary<Value, ReceptiveField?> fields = graph.Inputs.ToDictionary(
            input => input, _ => (ReceptiveField?)Image);
        foreach (Operation operation in graph.Operations)
        {
            ReceptiveField? read = operation.Inputs.Select(input => fields[input]).Aggregate(Union);
            fields[operation.Output] = read is { } field ? operation.ReceptiveFieldOver(field) : null;
        }

        return fields;
    }

    /// <summary>After a window has moved over the map.</summary>
    public ReceptiveField AfterWindow(Axis axis) => new(Size + ((axis.Extent - 1) * Step), Step * axis.Stride);

    /// <summary>After a transposed convolution, of whose taps each result pixel meets every stride-th.</summary>
    public ReceptiveField AfterTransposed(Axis axis) =>
        new(Size + (((axis.Extent + axis.Stride - 1) / axis.Stride) - 1) * Step, Step / axis.Stride);

    /// <summary>
    /// After resizing by a whole factor, where each result pixel reads so many neighbours; else null.
    /// </summary>
    public ReceptiveField? AfterResize(Shape from, Shape to, int pixelsRead) =>
        to.H % from.H == 0 && to.H / from.H == (double)to.W / from.W
            ? new ReceptiveField(Size + ((pixelsRead - 1) * Step), Step * from.H / to.H)
            : null;

    /// <summary>What depends on both; null where they have no common grid.</summary>
    public static ReceptiveField? Union(ReceptiveField? a, ReceptiveField? b) =>
        a is { } one && b is { } other && one.Step == other.Step
            ? one with { Size = Math.Max(one.Size, other.Size) }
            : null;
}
