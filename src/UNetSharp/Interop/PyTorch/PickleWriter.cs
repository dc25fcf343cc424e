using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace UNetSharp.Interop.PyTorch;

/// <summary>
/// Writes the pickle of a state dict, protocol 2: an OrderedDict whose values are torch._utils._rebuild_tensor_v2 of
/// storages 0, 1, 2, … in the order of the arrays.
/// </summary>
internal sealed class PickleWriter
{
    private const byte Protocol = 2;

    private readonly List<byte> _bytes = [];

    private PickleWriter()
    {
    }

    /// <summary>The pickle of these arrays.</summary>
    public static byte[] StateDict(IReadOnlyList<StoredTensor> tensors)
    {
        PickleWriter writer = new();
        writer.Put(PickleOpcode.Proto);
        writer._bytes.Add(Protocol);
        writer.OrderedDict();
        writer.Put(PickleOpcode.Mark);
        foreach ((int index, StoredTensor tensor) in tensors.Index())
        {
            writer.Text(tensor.Name);
            writer.Tensor(tensor, index.ToString(CultureInfo.InvariantCulture));
        }

        writer.Put(PickleOpcode.SetItems);
        writer.Put(PickleOpcode.Stop);
        return [.. writer._bytes];
    }

    // _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
    private void Tensor(StoredTensor tensor, string key)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Put(PickleOpcode.Mark);
        Storage(tensor, key);
        Integer(0);
        Integers(tensor.Dims);
        Integers(Strides(tensor));
        Put(PickleOpcode.NewFalse);
        OrderedDict();
        Put(PickleOpcode.Tuple);
        Put(PickleOpcode.Reduce);
    }

    // ('storage', type, key, location, count) as a persistent id
    private void Storage(StoredTensor tensor, string key)
    {
        Put(PickleOpcode.Mark);
        Text("storage");
        Global("torch", tensor.IsInteger ? "LongStorage" : "FloatStorage");
        Text(key);
        Text("cpu");
        Integer(tensor.Values.Length);
        Put(PickleOpcode.Tuple);
        Put(PickleOpcode.BinPersId);
    }

    private static int[] Strides(StoredTensor tensor)
    {
        int[] strides = new int[tensor.Dims.Count];
        int stride = 1;
        for (int axis = strides.Length - 1; axis >= 0; axis--)
        {
            // Without values any stride will do; products of the other sizes could be too large.
            strides[axis] = stride;
            stride *= tensor.Values.Length == 0 ? 1 : tensor.Dims[axis];
        }

        return strides;
    }

    private void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Put(PickleOpcode.EmptyTuple);
        Put(PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        Put(PickleOpcode.Global);
        _bytes.AddRange(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Integers(IReadOnlyList<int> values)
    {
        Put(PickleOpcode.Mark);
        foreach (int value in values)
        {
            Integer(value);
        }

        Put(PickleOpcode.Tuple);
    }

    private void Integer(int value)
    {
        Put(PickleOpcode.BinInt);
        Int32(value);
    }

    private void Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Put(PickleOpcode.BinUnicode);
        Int32(utf8.Length);
        _bytes.AddRange(utf8);
    }

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    private void Put(PickleOpcode opcode) => _bytes.Add((byte)opcode);
}
