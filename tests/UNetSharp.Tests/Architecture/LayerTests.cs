using NetArchTest.Rules;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Architecture;

/// <summary>
/// The namespaces of the library are layers: each knows only those below it, so there are no circles.
/// </summary>
public sealed class LayerTests
{
    // From the bottom to the top, as docs/architecture.md shows them.
    private static readonly string[] Layers =
    [
        "Files", "Tensors", "Graph", "Execution", "Cpu", "Data", "Metrics", "Losses", "Optimizers", "Models", "Interop",
        "Inference", "Training",
    ];

    public static TheoryData<string> Names => [.. Layers];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layer_knows_none_above_it(string layer)
    {
        string[] above = [.. Layers.SkipWhile(name => name != layer).Skip(1).Select(NamespaceOf)];

        IEnumerable<string> wrong = Library.That().ResideInNamespace(NamespaceOf(layer))
            .And().HaveDependencyOnAny([.. above, "none"]).GetTypes().Select(type => type.FullName!);

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_type_of_the_library_is_in_a_layer()
    {
        IEnumerable<string> wrong = typeof(Tensor).Assembly.GetExportedTypes()
            .Where(type => type != typeof(UNetSharpException))
            .Select(type => type.FullName!)
            .Where(name => !Layers.Any(layer => name.StartsWith(NamespaceOf(layer) + ".", StringComparison.Ordinal)));

        Assert.Empty(wrong);
    }

    [Fact]
    public void Dependencies_are_seen() => Assert.NotEmpty(
        Library.That().ResideInNamespace(NamespaceOf("Cpu")).And().HaveDependencyOnAny(
            NamespaceOf("Graph")).GetTypes());

    private static Types Library => Types.InAssembly(typeof(Tensor).Assembly);

    private static string NamespaceOf(string layer) => $"UNetSharp.{layer}";
}
