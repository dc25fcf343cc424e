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
        Add(parameter);
        return parameter;
    }

    /// <summary>Adds an array under its own name.</summary>
    private protected void Add(Parameter parameter) => _members.Add((parameter.Name, null, parameter));
}
