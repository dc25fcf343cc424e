using System.Buffers.Binary;
using System.Text;
using UNetSharp.Training.TensorBoard;

namespace UNetSharp.Tests.Training.TensorBoard;

/// <summary>Event files against bytes made by hand, and read back by a small parser that knows the format alone.
/// </summary>
public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_checksum_is_that_of_RFC_3720()
    {
        Assert.Equal(0xE3069283, RecordFile.Crc("123456789"u8));
        Assert.Equal(0x8A9136AA, RecordFile.Crc(new byte[32]));
    }

    [Fact]
    public void A_record_has_its_length_and_both_masked_checksums() => Assert.Equal(
        "0300000000000000b099490e6162636e57f121", Convert.ToHexStringLower(RecordFile.Framed("abc"u8)));

    [Fact]
    public void What_is_written_is_read_back()
    {
        using (EventFile file = new(_folder.Path, firstStep: 200))
        {
            file.AddScalars(201, [("train/loss", 0.5), ("train/learning_rate", 1e-3)]);
            file.AddImage(201, "validation/disc", [1, 2, 3], width: 300, height: 4);
        }

        using (EventFile further = new(_folder.Path, firstStep: 0))
        {
            Assert.Equal(2, Directory.GetFiles(_folder.Path, "events.out.tfevents.*").Length);
        }

        Fields[] events = [.. Records(Directory.GetFiles(_folder.Path).Order().First())];
        Assert.Equal(4, events.Length);
        Assert.InRange(
            BitConverter.Int64BitsToDouble((long)events[0].Number(1)),
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60,
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        Assert.Equal("brain.Event:2", events[0].Text(3));
        Assert.Equal(200ul, events[1].Number(2));
        Assert.Equal(1ul, events[1].Inner(7)[0].Number(1));

        Fields[] scalars = events[2].Inner(5)[0].Inner(1);
        Assert.Equal(201ul, events[2].Number(2));
        Assert.Equal(["train/loss", "train/learning_rate"], scalars.Select(value => value.Text(1)));
        Assert.Equal([0.5f, 1e-3f], scalars.Select(value => BitConverter.UInt32BitsToSingle((uint)value.Number(2))));

        Fields picture = events[3].Inner(5)[0].Inner(1)[0];
        Assert.Equal("validation/disc", picture.Text(1));
        Assert.Equal((4ul, 300ul, 3ul), (
            picture.Inner(4)[0].Number(1), picture.Inner(4)[0].Number(2), picture.Inner(4)[0].Number(3)));
        Assert.Equal([1, 2, 3], picture.Inner(4)[0].Bytes(4));
    }

    public void Dispose() => _folder.Dispose();


    private static IEnumerable<Fields> Records(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        for (int at = 0; at < bytes.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            byte[] data = bytes[(at + 12)..(at + 12 + length)];
            Assert.Equal(RecordFile.Framed(data), bytes[at..(at + 16 + length)]);
            at += 16 + length;
            yield return new Fields(data);
        }
    }

    /// <summary>The fields of a message, by number.</summary>
    private sealed class Fields
    {
        private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

        public Fields(byte[] message)
        {
            for (int at = 0; at < message.Length;)
            {
                ulong tag = Varint(message, ref at);
                byte[] bytes = [];
                ulong number = 0;
                switch (tag & 7)
                {
                    case 0:
                        number = Varint(message, ref at);
                        break;
                    case 1:
                        number = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at));
                        at += 8;
                        break;
                    case 2:
                        int length = (int)Varint(message, ref at);
                        bytes = message[at..(at + length)];
                        at += length;
                        break;
                    default:
                        Assert.Equal(5ul, tag & 7);
                        number = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at));
                        at += 4;
                        break;
                }

                _fields.Add(((int)(tag >> 3), number, bytes));
            }
        }

        public ulong Number(int field) => _fields.Single(f => f.Field == field).Number;

        public byte[] Bytes(int field) => _fields.Single(f => f.Field == field).Bytes;

        public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

        public Fields[] Inner(int field) => [.. _fields.Where(f => f.Field == field).Select(f => new Fields(f.Bytes))];

        private static ulong Varint(byte[] message, ref int at)
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message[at++];
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
