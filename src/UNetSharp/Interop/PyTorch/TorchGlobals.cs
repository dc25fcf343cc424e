namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// The names that a pickled state dict may use, and what is made of each: the whole list, as nothing is looked up in
/// Python or .NET.
/// </summary>
internal static class TorchGlobals
{
    private const int MaxDims = 8;

    // What training scripts put beside the weights: scores, options, paths.
    private static readonly string[] BystanderNames =
    [
        "_codecs.encode", "argparse.Namespace", "builtins.set", "__builtin__.set", "collections.Counter",
        "collections.defaultdict", "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
        "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar",
        "numpy._core.multiarray._reconstruct", "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath",
    ];

    // Layers, losses, optimizers and schedules, saved as objects beside the weights or in place of them.
    private static readonly string[] BystanderPackages = ["torch.nn.modules.", "torch.nn.parallel.", "torch.optim."];

    // Packages of Python whose functions act. A file that names one is no checkpoint, whatever else is in it.
    private static readonly HashSet<string> ActingPackages =
    [
        "asyncio", "bdb", "builtins", "__builtin__", "code", "commands", "copyreg", "copy_reg", "ctypes", "ftplib",
        "functools", "http", "imp", "importlib", "inspect", "io", "marshal", "multiprocessing", "nt", "operator", "os",
        "pdb", "pickle", "platform", "posix", "pty", "runpy", "shutil", "signal", "smtplib", "socket", "subprocess",
        "sys", "tempfile", "threading", "timeit", "types", "urllib", "webbrowser",
    ];

    private static readonly Dictionary<string, PickleValue> ByName = Table();

    // A package of which some names are known has no others.
    private static readonly HashSet<string> ClosedPackages = [.. ByName.Keys.Select(Package), .. ActingPackages];

    /// <summary>
    /// What a name stands for; null for one that is not allowed. Classes of which nothing is known, a script's own or
    /// those of libraries around PyTorch, stand for objects of which nothing is made.
    /// </summary>
    public static PickleValue? Find(string name) => ByName.GetValueOrDefault(name)
        ?? (IsUnknownClass(name) ? new PickleFunction(_ => new PickleObject(name)) : null);

    private static Dictionary<string, PickleValue> Table()
    {
        Dictionary<string, PickleValue> table = new()
        {
            ["collections.OrderedDict"] = new PickleFunction(OrderedDict),
            ["torch._utils._rebuild_tensor"] = new PickleFunction(Tensor),
            ["torch._utils._rebuild_tensor_v2"] = new PickleFunction(Tensor),
            ["torch._utils._rebuild_parameter"] = new PickleFunction(Parameter),
            ["torch.Size"] = new PickleFunction(Size),
            ["torch.device"] = new PickleFunction(_ => PickleOpaque.Instance),
        };
        (string Storage, string Format)[] storages =
        [
            ("Double", "F64"), ("Float", "F32"), ("Half", "F16"), ("BFloat16", "BF16"), ("Long", "I64"), ("Int", "I32"),
            ("Short", "I16"), ("Char", "I8"), ("Byte", "U8"), ("Bool", "BOOL"),
        ];
        foreach ((string storage, string format) in storages)
        {
            PickleStorageType type = new(NumberFormat.ByName[format], IsInteger: format.StartsWith('I'));
            table[$"torch.{storage}Storage"] = type;
            table[$"torch.storage.{storage}Storage"] = type;
        }

        string[] numberTypes =
        [
            "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
        ];
        foreach (string numberType in numberTypes)
        {
            table[$"torch.{numberType}"] = PickleOpaque.Instance;
        }

        foreach (string bystander in BystanderNames)
        {
            table[bystander] = new PickleFunction(_ => new PickleObject(bystander));
        }

        return table;
    }

    private static bool IsUnknownClass(string name) =>
        BystanderPackages.Any(package => name.StartsWith(package, StringComparison.Ordinal))
        || (!ClosedPackages.Contains(Package(name)) && name.Split('.').All(part => part.Length > 0));

    private static string Package(string name) => name.Split('.')[0];

    // Python 2 gives the entries as a list of pairs, Python 3 sets them later.
    private static PickleDict OrderedDict(PickleValue[] arguments)
    {
        PickleDict dict = new([]);
        IEnumerable<PickleValue> entries = arguments switch
        {
            [] => [],
            [PickleList list] => list.Items,
            _ => throw Damaged("an OrderedDict is made of something else than a list"),
        };
        foreach (PickleValue entry in entries)
        {
            dict.Items.Add(entry switch
            {
                PickleTuple { Items: [var key, var value] } => new(key, value),
                PickleList { Items: [var key, var value] } => new(key, value),
                _ => throw Damaged("an entry of an OrderedDict is no pair"),
            });
        }

        return dict;
    }

    /// <summary>(storage, offset, size, stride, …); whether it has a gradient, hooks and metadata follow.</summary>
    private static PickleTensor Tensor(PickleValue[] arguments)
    {
        if (arguments is not [PickleStorage storage, PickleInteger offset, PickleTuple size, PickleTuple stride, ..]
            || size.Items.Length > MaxDims || size.Items.Length != stride.Items.Length)
        {
            throw Damaged($"a tensor has no storage, offset and up to {MaxDims} sizes and strides");
        }

        int[] dims = [.. size.Items.Select(item => (int)Number(item, int.MaxValue))];
        long[] strides = [.. stride.Items.Select(item => Number(item, long.MaxValue))];
        return new PickleTensor(storage, Number(offset, long.MaxValue), dims, strides);
    }

    private static PickleTensor Parameter(PickleValue[] arguments) =>
        arguments is [PickleTensor tensor, ..] ? tensor : throw Damaged("a parameter holds no tensor");

    private static PickleTuple Size(PickleValue[] arguments) =>
        arguments is [PickleTuple sizes] ? sizes : throw Damaged("a size is no tuple");

    /// <summary>A whole number from 0 up to a greatest one.</summary>
    internal static long Number(PickleValue value, long max) =>
        value is PickleInteger integer && integer.Value >= 0 && integer.Value <= max
            ? (long)integer.Value
            : throw Damaged("a size, stride or offset is no number that can be");

    internal static InvalidDataException Damaged(string what) =>
        new($"is damaged: {what} in its pickle; copy it again.");
}
