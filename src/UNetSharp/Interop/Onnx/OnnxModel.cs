using UNetSharp.Files;
using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Interop.Onnx;

/// <summary>
/// What an ONNX file holds (ModelProto and GraphProto, https://onnx.ai/onnx/repo-docs/IR.html), as far as networks need
/// it: inner graphs, training and functions are not read.
/// </summary>
/// <param name="Opset">Version of ONNX's list of operations.</param>
/// <param name="Nodes">Operations in any order.</param>
/// <param name="Weights">Arrays (initializers).</param>
/// <param name="Inputs">Inputs; older files list the weights among them.</param>
/// <param name="Outputs">Outputs.</param>
/// <param name="Metadata">Texts by name.</param>
internal sealed record OnnxModel(
    long Opset,
    IReadOnlyList<OnnxNode> Nodes,
    IReadOnlyList<OnnxTensor> Weights,
    IReadOnlyList<OnnxValueInfo> Inputs,
    IReadOnlyList<OnnxValueInfo> Outputs,
    IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Names of the files in the same folder that hold weights.</summary>
    public IReadOnlyCollection<string> DataFiles { get; init; } = [];

    // The version of the file format that belongs to operations 13 to 18; what is newer reads it too.
    private const int FormatVersion = 8;
    private const int MaxParts = 1 << 17;
    private const string Producer = "UNetSharp";

    /// <summary>Whether a file that begins so may be an ONNX file: the version of its format comes first.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> head) => head is [0x08, < 0x20, ..];

    /// <summary>The nodes that lead to some values, each after those whose results it reads.</summary>
    /// <exception cref="InvalidDataException">They read each other in a circle.</exception>
    public IReadOnlyList<OnnxNode> FindNodesBefore(IEnumerable<string> names)
    {
        Dictionary<string, OnnxNode> producers = [];
        foreach (OnnxNode node in Nodes)
        {
            foreach (string output in node.Outputs)
            {
                producers[output] = node;
            }
        }

        // Without recursion: files have chains of any length. A node is opened, and closed when all it reads is.
        List<OnnxNode> sorted = [];
        Dictionary<OnnxNode, bool> isClosed = new(ReferenceEqualityComparer.Instance);
        Stack<OnnxNode> open = new(names.Reverse().Select(producers.GetValueOrDefault).OfType<OnnxNode>());
        while (open.TryPeek(out OnnxNode? node))
        {
            bool isNew = isClosed.TryAdd(node, false);
            OnnxNode[] before = !isNew ? [] :
            [
                .. node.Inputs.Select(producers.GetValueOrDefault).OfType<OnnxNode>()
                    .Where(other => !isClosed.GetValueOrDefault(other)),
            ];
            if (before.Length == 0)
            {
                open.Pop();
                if (!isClosed[node])
                {
                    isClosed[node] = true;
                    sorted.Add(node);
                }

                continue;
            }

            foreach (OnnxNode other in before.Reverse())
            {
                open.Push(isClosed.ContainsKey(other)
                    ? throw new InvalidDataException($"node {other.DisplayName} depends on its own result")
                    : other);
            }
        }

        return sorted;
    }

    /// <summary>Reads a file whole.</summary>
    /// <exception cref="CheckpointException">The file is missing, damaged or no ONNX file.</exception>
    public static OnnxModel Read(string path)
    {
        try
        {
            OnnxDataFiles files = new(Path.GetDirectoryName(Path.GetFullPath(path))!);
            return Read(RegularFile.ReadAllBytes(path).AsMemory(), files) with { DataFiles = files.Names };
        }
        catch (InvalidDataException e)
        {
            throw new CheckpointException($"{path}: is no ONNX file that can be read: {e.Message}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes a file, which is whole or not there.</summary>
    /// <exception cref="CheckpointException">The file cannot be written; nothing is left behind.</exception>
    public void Write(string path)
    {
        ProtoMessage message = Write();
        if (message.Length > int.MaxValue)
        {
            throw new CheckpointException($"{path}: cannot be written: an ONNX file holds 2 GiB at most.");
        }

        try
        {
            AtomicFile.Write(path, message.WriteTo);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes a copy of a file with further texts. They come last, and of texts of one name the last one holds, so the
    /// rest stays to the byte. The files that hold its weights are copied with it.
    /// </summary>
    /// <exception cref="CheckpointException">A file cannot be read or written; nothing is left behind.</exception>
    public void WriteCopy(string from, string path, IReadOnlyDictionary<string, string> texts)
    {
        try
        {
            (string source, string target) = (GetFolder(from), GetFolder(path));
            foreach (string name in DataFiles.Where(_ => source != target))
            {
                using FileStream data = RegularFile.OpenRead(Path.Combine(source, name));
                Directory.CreateDirectory(GetFolder(Path.Combine(target, name)));
                AtomicFile.Write(Path.Combine(target, name), data.CopyTo);
            }

            byte[] bytes = RegularFile.ReadAllBytes(from);
            AtomicFile.Write(path, stream =>
            {
                stream.Write(bytes);
                WriteTexts(texts).WriteTo(stream);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private static string GetFolder(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static OnnxModel Read(ReadOnlyMemory<byte> message, OnnxDataFiles files)
    {
        Dictionary<string, string> metadata = [];
        (long opset, ReadOnlyMemory<byte> graph) = (0, default);
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field.Number)
            {
                case 7: graph = field.Content; break;
                case 8 when ReadPair(field.Content) is { Name: "" or "ai.onnx" } list: opset = list.Number; break;
                case 14 when ReadPair(field.Content) is var entry: metadata[entry.Name] = entry.Text; break;
                default: break;
            }
        }

        return graph.IsEmpty
            ? throw new InvalidDataException("it holds no graph")
            : ReadGraph(graph, files) with { Opset = opset, Metadata = metadata };
    }

    private static OnnxModel ReadGraph(ReadOnlyMemory<byte> message, OnnxDataFiles files)
    {
        List<OnnxNode> nodes = [];
        List<OnnxTensor> weights = [];
        List<OnnxValueInfo> inputs = [];
        List<OnnxValueInfo> outputs = [];
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field.Number)
            {
                case 1: nodes.Add(OnnxNode.Read(field.Content, files)); break;
                case 5: weights.Add(OnnxTensor.Read(field.Content, files)); break;
                case 11: inputs.Add(OnnxValueInfo.Read(field.Content)); break;
                case 12: outputs.Add(OnnxValueInfo.Read(field.Content)); break;
                default: break;
            }

            if (nodes.Count + weights.Count + inputs.Count + outputs.Count > MaxParts)
            {
                throw new InvalidDataException($"its graph has more than {MaxParts} parts");
            }
        }

        RequireOneSourceEach([.. nodes.SelectMany(node => node.Outputs), .. weights.Select(weight => weight.Name)]);
        return new OnnxModel(0, nodes, weights, inputs, outputs, new Dictionary<string, string>());
    }

    private static void RequireOneSourceEach(IEnumerable<string> names)
    {
        HashSet<string> seen = [];
        if (names.FirstOrDefault(name => name.Length > 0 && !seen.Add(name)) is { } twice)
        {
            throw new InvalidDataException($"it computes '{CheckpointException.Sanitize(twice)}' twice");
        }
    }

    /// <summary>OperatorSetIdProto and StringStringEntryProto: a name, and a number or a text.</summary>
    private static (string Name, long Number, string Text) ReadPair(ReadOnlyMemory<byte> message)
    {
        (string name, long number, string text) = ("", 0, "");
        foreach (ProtoField field in ProtoField.Parse(message))
        {
            switch (field)
            {
                case { Number: 1 }: name = field.Text; break;
                case { Number: 2, Encoding: ProtoEncoding.Varint }: number = field.Integer; break;
                case { Number: 2 }: text = field.Text; break;
                default: break;
            }
        }

        return (name, number, text);
    }

    private ProtoMessage Write()
    {
        ProtoMessage graph = new ProtoMessage()
            .AddAll(1, Nodes.Select(node => node.Write()))
            .Add(2, Producer)
            .AddAll(5, Weights.Select(weight => weight.Write()))
            .AddAll(11, Inputs.Select(input => input.Write()))
            .AddAll(12, Outputs.Select(output => output.Write()));
        return new ProtoMessage()
            .Add(1, FormatVersion)
            .Add(2, Producer)
            .Add(7, graph)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, Opset))
            .AddAll(14, Metadata.Select(WriteText));
    }

    private static ProtoMessage WriteTexts(IReadOnlyDictionary<string, string> texts) =>
        new ProtoMessage().AddAll(14, texts.Select(WriteText));

    private static ProtoMessage WriteText(KeyValuePair<string, string> text) =>
        new ProtoMessage().Add(1, text.Key).Add(2, text.Value);
}
