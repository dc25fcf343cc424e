using UNetSharp.Interop.Onnx;
using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Tests.Interop.Protobuf;

public sealed class ProtobufTests
{
    [Fact]
    public void Numbers_and_texts_are_encoded_as_in_the_examples_of_the_specification()
    {
        // https://protobuf.dev/programming-guides/encoding: 150 as field 1, "testing" as field 2, a packed run as field
        // 6.
        Assert.Equal("089601", Hex(new ProtoMessage().Add(1, 150)));
        Assert.Equal("120774657374696E67", Hex(new ProtoMessage().Add(2, "testing")));
        Assert.Equal("3206038E029EA705", Hex(new ProtoMessage().AddAll(6, [3, 270, 86942])));
        Assert.Equal("08FFFFFFFFFFFFFFFFFF01", Hex(new ProtoMessage().Add(1, -1)));
        Assert.Equal("1D0000803F", Hex(new ProtoMessage().Add(3, 1f)));
        Assert.Equal("19000000000000F03F", Hex(new ProtoMessage().Add(3, 1.0)));
        Assert.Equal("1A03089601", Hex(new ProtoMessage().Add(3, new ProtoMessage().Add(1, 150))));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        ProtoField[] fields =
        [
            .. ProtoField.Parse(
                Bytes(new ProtoMessage().Add(1, -5L).Add(2, "a").Add(3, 0.5f).AddAll(4, [1L, 1L << 40]))),
        ];

        Assert.Equal([1, 2, 3, 4], fields.Select(field => field.Number));
        Assert.Equal(-5, fields[0].Integer);
        Assert.Equal("a", fields[1].Text);
        Assert.Equal(0.5f, fields[2].Float);
        Assert.Equal([1L, 1L << 40], fields[3].Integers);
    }

    [Theory]
    [InlineData("08")] // a number that is missing
    [InlineData("0880")] // a number that does not end
    [InlineData("08FFFFFFFFFFFFFFFFFFFF01")] // a number of eleven bytes
    [InlineData("120561")] // a text of five bytes that has one
    [InlineData("12FFFFFFFFFFFFFFFFFF01")] // a text longer than memory
    [InlineData("0D0000")] // half a float
    [InlineData("00")] // field 0
    [InlineData("0B0C")] // a group
    public void Damage_is_refused(string hex) =>
        Assert.Throws<InvalidDataException>(() => ProtoField.Parse(Convert.FromHexString(hex)).ToArray());

    /// <summary>Two numbers, 1 and −2, in every way in which an array may hold them: type, field, bytes.</summary>
    [Theory]
    [InlineData(1, "4A080000803F000000C0")] // raw float32
    [InlineData(1, "22080000803F000000C0")] // packed float32
    [InlineData(1, "250000803F25000000C0")] // float32, one by one
    [InlineData(10, "4A04003C00C0")] // raw float16
    [InlineData(10, "2A058078808003")] // float16 as the whole numbers 0x3C00 and 0xC000, packed
    [InlineData(11, "4A10000000000000F03F00000000000000C0")] // raw float64
    [InlineData(11, "5210000000000000F03F00000000000000C0")] // packed float64
    [InlineData(7, "4A100100000000000000FEFFFFFFFFFFFFFF")] // raw int64
    [InlineData(7, "3A0B01FEFFFFFFFFFFFFFFFF01")] // packed int64
    [InlineData(6, "280128FEFFFFFFFFFFFFFFFF01")] // int32, one by one
    [InlineData(3, "4A0201FE")] // raw int8
    public void Arrays_are_read_in_every_number_format(int type, string data)
    {
        OnnxTensor tensor = OnnxTensor.Read(Convert.FromHexString($"080210{type:X2}{data}"));

        Assert.Equal([2], tensor.Dims);
        Assert.Equal([1f, -2f], tensor.ToFloats());
    }

    [Theory]
    [InlineData("080210014A0400000000", "do not fit")] // one number of two
    [InlineData("08FFFFFFFFFFFFFFFF7F10014A0400000000", "do not fit")]
    [InlineData("08FFFFFFFFFFFFFFFFFF0110014A0400000000", "do not fit")] // −1 numbers
    [InlineData("080110634A0400000000", "number format")]
    [InlineData("080110017001", "in another file")]
    public void Arrays_that_make_no_sense_are_refused(string hex, string reason)
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => OnnxTensor.Read(Convert.FromHexString(hex)));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    private static string Hex(ProtoMessage message) => Convert.ToHexString(Bytes(message));

    private static byte[] Bytes(ProtoMessage message)
    {
        using MemoryStream stream = new();
        message.WriteTo(stream);
        Assert.Equal(message.Length, stream.Length);
        return stream.ToArray();
    }
}
