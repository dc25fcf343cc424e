using System.Text;

namespace UNetSharp.Tests.Interop;

/// <summary>Pickles written instruction by instruction, also those that Python would never write.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [0x80, 2];

    public byte[] Done => [.. _bytes, (byte)'.'];

    public PickleBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>Instructions that are letters, such as "(" for a mark and "R" for a call.</summary>
    public PickleBytes Code(string letters) => Raw(Encoding.ASCII.GetBytes(letters));

    public PickleBytes Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Code("X").Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    public PickleBytes Int(int value) => Code("J").Raw(BitConverter.GetBytes(value));

    public PickleBytes Long(long value) => Raw(0x8A, 8).Raw(BitConverter.GetBytes(value));

    public PickleBytes Global(string module, string name) => Code($"c{module}\n{name}\n");

    /// <summary>Stores the top of the stack under a number.</summary>
    public PickleBytes Put(uint number) => Code("r").Raw(BitConverter.GetBytes(number));

    /// <summary>Takes what is stored under a number.</summary>
    public PickleBytes Get(uint number) => Code("j").Raw(BitConverter.GetBytes(number));

    public PickleBytes Numbers(params ReadOnlySpan<long> values)
    {
        Code("(");
        foreach (long value in values)
        {
            Long(value);
        }

        return Code("t");
    }

    /// <summary>A storage by its persistent id; <paramref name="view"/> writes the entry of older files.</summary>
    public PickleBytes Storage(string key, long count, string type = "FloatStorage", Action<PickleBytes>? view = null)
    {
        Code("(").Text("storage").Global("torch", type).Text(key).Text("cpu").Long(count);
        view?.Invoke(this);
        return Code("tQ");
    }

    /// <summary>A tensor over the storage that <paramref name="storage"/> writes.</summary>
    public PickleBytes Tensor(Action<PickleBytes> storage, long offset, long[] size, long[] stride)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Code("(");
        storage(this);
        return Long(offset).Numbers(size).Numbers(stride).Raw(0x89).Code("}tR");
    }

    /// <summary>A dict with one tensor 'a' over storage 0.</summary>
    public static byte[] OneTensor(
        long count, long offset, long[] size, long[] stride, string type = "FloatStorage") => new PickleBytes()
        .Code("}").Text("a").Tensor(p => p.Storage("0", count, type), offset, size, stride).Code("s").Done;
}
