using System.Buffers.Binary;
using System.Text;
using UNetSharp.Interop;

namespace UNetSharp.Tests.Interop;

/// <summary>Whatever a file holds, reading it ends with its values or with one line that names it.</summary>
public sealed class SafetensorsHostileTests : IDisposable
{
    private const string GoodHeader = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
    private readonly TemporaryFolder _folder = new();

    /// <summary>Headers that are refused over eight bytes of data, and what the message says.</summary>
    public static TheoryData<string, string> Headers => new()
    {
        // No header of a safetensors file at all.
        { "", "claims 0 bytes" },
        { "        ", "not readable" },
        { "not json", "not readable" },
        { "[]", "not readable" },
        { "3", "not readable" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} {}""", "not readable" },
        { """{"\uD800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not readable" },
        { string.Concat(Enumerable.Repeat("""{"a":""", 5000)), "not readable" },

        // Parts that are missing or of another kind.
        { """{"a":3}""", "not readable" },
        { """{"a":null}""", "not readable" },
        { """{"a":{"shape":[2],"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":[2]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,1e99]}}""", "not readable" },
        { """{"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}""", "not readable" },
        { """{"a":{"dtype":null,"shape":[2],"data_offsets":[0,8]}}""", "unknown number format ''" },
        { """{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", "unknown number format 'F8_E4M3'" },
        { """{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", "unknown number format 'f32'" },

        // Places outside the file.
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[0],"data_offsets":[9,9]}}""", "'a' do not fit" },

        // Shapes that do not agree with the place.
        { """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[2,0],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[-1,0],"data_offsets":[0,0]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", "'a' do not fit" },
        { """{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}""", "'a' do not fit" },

        // Products that are 0 modulo 2^32, 2^64 and 2^128.
        { """{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,0]}}""", "'a' do not fit" },
        {
            """{"a":{"dtype":"F32","shape":[1073741824,1073741824,1073741824],"data_offsets":[0,0]}}""",
            "'a' do not fit"
        },
        {
            """{"a":{"dtype":"F32","shape":[65536,65536,65536,65536,65536,65536,65536,65536],"data_offsets":[0,0]}}""",
            "'a' do not fit"
        },

        // Arrays that share a name or bytes.
        {
            """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}"""
                + ""","a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""",
            "'a' twice"
        },
        {
            """{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}"""
                + ""","b":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""",
            "'b' and 'a' overlap"
        },
        {
            """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}"""
                + ""","b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""",
            "overlap"
        },
        {
            """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}"""
                + ""","b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""",
            "'a' and 'b' overlap"
        },

        // Metadata is text by name.
        { """{"__metadata__":3}""", "not readable" },
        { """{"__metadata__":{"a":3}}""", "not readable" },
        { """{"__metadata__":{"a":"1","a":"2"}}""", "not readable" },
        { """{"__metadata__":{},"__metadata__":{}}""", "'__metadata__' twice" },

        // Names that would break the line of the message, or flood it.
        { """{"a\n\u001b[31m\u2028":{"dtype":"F32","shape":[9],"data_offsets":[0,8]}}""", "'a??[31m?' do not fit" },
        { """{"a":{"dtype":"F\r\n32","shape":[2],"data_offsets":[0,8]}}""", "format 'F??32'" },
        {
            """{"N":{"dtype":"F32","shape":[9],"data_offsets":[0,8]}}""".Replace("N", new string('n', 5000)),
            "nnn…' do not fit"
        },
    };

    public static TheoryData<ulong> HeaderLengths =>
        [63, 100_000_000, 100_000_001, int.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue];

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_that_makes_no_sense_is_refused(string header, string reason)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);

        Assert.Contains(reason, Refusal(Write(text, (ulong)text.Length)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HeaderLengths))]
    public void A_header_longer_than_the_file_is_refused_before_memory_is_taken(ulong length)
    {
        string path = Write(Encoding.UTF8.GetBytes(GoodHeader), length);
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Refusal(path);

        Assert.Contains($"claims {length} bytes", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        byte[] text = Encoding.UTF8.GetBytes(GoodHeader);
        text[2] = 0xFF;

        Assert.Contains("not readable", Refusal(Write(text, (ulong)text.Length)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        byte[] text = Encoding.UTF8.GetBytes(GoodHeader);
        byte[] whole = File.ReadAllBytes(Write(text, (ulong)text.Length));
        Assert.Single(SafetensorsReader.Read(_folder.File("weights.safetensors")).Tensors);

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut.safetensors"), whole[..length]);
            Refusal(_folder.File("cut.safetensors"));
        }
    }

    [Fact]
    public void A_byte_changed_anywhere_never_does_more_than_refuse()
    {
        byte[] text = Encoding.UTF8.GetBytes(GoodHeader);
        string path = Write(text, (ulong)text.Length);
        byte[] whole = File.ReadAllBytes(path);
        foreach (byte value in new byte[] { 0, (byte)'"', (byte)'-', (byte)'9', (byte)']', 0x80, 0xFF })
        {
            for (int place = 0; place < whole.Length; place++)
            {
                byte[] changed = [.. whole];
                changed[place] = value;
                File.WriteAllBytes(path, changed);
                if (Record.Exception(() => SafetensorsReader.Read(path)) is { } e)
                {
                    Assert.IsType<CheckpointException>(e);
                }
            }
        }
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        Refusal(_folder.File("missing.safetensors"));
        Refusal(_folder.Path);
    }

    [Fact]
    public void What_is_no_plain_file_is_refused()
    {
        if (!OperatingSystem.IsWindows())
        {
            Refusal("/dev/null");
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Write(byte[] header, ulong claimedLength)
    {
        byte[] bytes = new byte[sizeof(ulong) + header.Length + 8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimedLength);
        header.CopyTo(bytes, sizeof(ulong));
        string path = _folder.File("weights.safetensors");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string Refusal(string path)
    {
        CheckpointException e = Assert.Throws<CheckpointException>(() => SafetensorsReader.Read(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(e.Message.Length, 1, path.Length + 200);
        return e.Message;
    }
}
