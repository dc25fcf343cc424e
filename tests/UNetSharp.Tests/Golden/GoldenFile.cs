using System.Globalization;
using System.Runtime.CompilerServices;
using UNetSharp.Execution;
using UNetSharp.Graph;
using UNetSharp.Interop;
using UNetSharp.Tensors;

namespace UNetSharp.Tests.Golden;

/// <summary>What PyTorch computed for one case; made by tests/golden/make.py.</summary>
internal sealed class GoldenFile
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Here(), "../../golden"));
    private readonly Dictionary<string, StoredTensor> _tensors;
    private readonly IReadOnlyDictionary<string, string> _arguments;

    public GoldenFile(string name)
    {
        (IReadOnlyList<StoredTensor> tensors, _arguments) =
            SafetensorsReader.Read(Path.Combine(Folder, name + ".safetensors"));
        _tensors = tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>
    /// Names of all cases of a folder that start so, and have or have not an array of the names given.
    /// </summary>
    public static TheoryData<string> Cases(
        string folder, string prefix = "", string? with = null, string? without = null)
    {
        TheoryData<string> cases = [];
        foreach (string file in Directory.GetFiles(Path.Combine(Folder, folder), prefix + "*").Order())
        {
            string name = $"{folder}/{Path.GetFileNameWithoutExtension(file)}";
            if (Has(name, with) && !(without is not null && Has(name, without)))
            {
                cases.Add(name);
            }
        }

        return cases;
    }

    private static bool Has(string name, string? array) => array is null || new GoldenFile(name).Has(array);

    /// <summary>An argument of the case.</summary>
    public int Int(string name) => int.Parse(_arguments[name], CultureInfo.InvariantCulture);

    /// <summary>An argument of the case.</summary>
    public float Float(string name) => float.Parse(_arguments[name], CultureInfo.InvariantCulture);

    /// <summary>An argument of the case.</summary>
    public double Double(string name) => double.Parse(_arguments[name], CultureInfo.InvariantCulture);

    /// <summary>An argument of the case.</summary>
    public bool Flag(string name) => bool.Parse(_arguments[name]);

    /// <summary>An argument of the case.</summary>
    public string Text(string name) => _arguments[name];

    /// <summary>Whether the case has such an array.</summary>
    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>The values of an array as they are stored.</summary>
    public float[] Values(string name) => _tensors[name].Values;

    /// <summary>The sizes of an array, in PyTorch's order.</summary>
    public IReadOnlyList<int> Dims(string name) => _tensors[name].Dims;

    /// <summary>An array (N, C, H, W) as a tensor.</summary>
    public Tensor Image(string name) => Images(name, 0, _tensors[name].Dims);

    /// <summary>Item <paramref name="index"/> of an array (…, N, C, H, W) as a tensor.</summary>
    public Tensor Image(string name, int index) => Images(name, index, _tensors[name].Dims.Skip(1).ToArray());

    /// <summary>Arrays whose names start so, without that start.</summary>
    public IReadOnlyList<StoredTensor> WithPrefix(string prefix) =>
    [
        .. _tensors.Values
            .Where(tensor => tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(tensor => tensor with { Name = tensor.Name[prefix.Length..] }),
    ];

    /// <summary>Sets the parameters that there are arrays of.</summary>
    public void Fill(ParameterStore store)
    {
        foreach (Parameter parameter in store.Parameters)
        {
            if (_tensors.TryGetValue(parameter.Name, out StoredTensor? tensor))
            {
                Assert.Equal(tensor.Dims, parameter.Dims);
                store.SetValues(parameter, tensor.Values);
            }
        }
    }

    private Tensor Images(string name, int index, IReadOnlyList<int> dims)
    {
        var tensor = new Tensor(Shape.Nchw(dims[0], dims[1], dims[2], dims[3]));
        Shape shape = tensor.Shape;
        ReadOnlySpan<float> values = _tensors[name].Values.AsSpan(index * (int)shape.Count);
        int i = 0;
        for (int n = 0; n < shape.N; n++)
        {
            for (int c = 0; c < shape.C; c++)
            {
                for (int h = 0; h < shape.H; h++)
                {
                    for (int w = 0; w < shape.W; w++)
                    {
                        tensor[n, c, h, w] = values[i++];
                    }
                }
            }
        }

        return tensor;
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
