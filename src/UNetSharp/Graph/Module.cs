namespace UNetSharp.Graph;

/// <summary>
/// A part of a network that owns parameters and further parts. The names under which they are added are PyTorch's, so
/// that a parameter's full name is its key in PyTorch's state dict.
/// </summary>
public abstract class Module
{
    private readonly List<(string Name, Module? Child, Parameter? Parameter)> _members = [];
    private Module? _parent;
    private string _name = "";

    /// <summary>Names from the network down to this part, joined by dots; empty for the network itself.</summary>
    public string Path => _parent is null || _parent.Path.Length == 0 ? _name : $"{_parent.Path}.{_name}";

    /// <summary>Every parameter of this part, in the order of PyTorch's state dict.</summary>
    public IEnumerable<Parameter> Parameters()
    {
        foreach ((_, Module? child, Parameter? parameter) in _members)
        {
            if (parameter is not null)
            {
                yield return parameter;
            }

            foreach (Parameter inner in child?.Parameters() ?? [])
            {
                yield return inner;
            }
        }
    }

    /// <summary>Adds a part under PyTorch's name for it.</summary>
    protected T Add<T>(string name, T child)
        where T : Module
    {
        child._parent = this;
        child._name = name;
        _members.Add((name, child, null));
        return child;
    }

    /// <summary>Adds an array under PyTorch's name for it.</summary>
    protected Parameter AddParameter(
        string name, int[] dims, ParameterKind kind, Action<Random, Span<float>> initialize)
    {
        var parameter = new Parameter(this, name, dims, kind, initialize);
        _members.Add((name, null, parameter));
        return parameter;
    }

    /// <summary>Sets every parameter to its starting point; the same seed gives the same values.</summary>
    protected internal void Initialize(int seed)
    {
        int index = 0;
        foreach (Parameter parameter in Parameters())
        {
            parameter.Initialize(Mixed(seed, index++));
        }
    }

    /// <summary>A seed of its own for each parameter (the mixing of splitmix64: neighbours have nothing in common).
    /// </summary>
    private static int Mixed(int seed, int index)
    {
        ulong x = ((ulong)(uint)seed << 32) + ((ulong)index * 0x9E3779B97F4A7C15);
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (int)(x ^ (x >> 31));
    }
}
