using System.Globalization;
using UNetSharp.Interop.Onnx;
using UNetSharp.Interop.Protobuf;

namespace UNetSharp.Tests.Interop.Onnx;

/// <summary>ONNX files that ours never writes.</summary>
internal static class OnnxFiles
{
    /// <summary>Writes a file of which one array is in another file.</summary>
    public static void WriteExternal(OnnxModel model, OnnxTensor weight, string location, int offset, string path)
    {
        ProtoMessage outside = new ProtoMessage()
            .AddAll(1, weight.Dims.Select(size => (long)size))
            .Add(2, weight.Type)
            .Add(8, weight.Name)
            .Add(13, Entry("location", location))
            .Add(13, Entry("offset", offset.ToString(CultureInfo.InvariantCulture)))
            .Add(13, Entry("length", weight.Data.Length.ToString(CultureInfo.InvariantCulture)))
            .Add(14, 1);
        ProtoMessage graph = new ProtoMessage()
            .AddAll(1, model.Nodes.Select(node => node.Write()))
            .AddAll(5, model.Weights.Where(other => other != weight).Select(other => other.Write()))
            .Add(5, outside)
            .AddAll(11, model.Inputs.Select(input => input.Write()))
            .AddAll(12, model.Outputs.Select(output => output.Write()));
        using FileStream stream = File.Create(path);
        new ProtoMessage().Add(1, 8).Add(7, graph).Add(8, new ProtoMessage().Add(1, "").Add(2, model.Opset))
            .WriteTo(stream);
    }

    private static ProtoMessage Entry(string key, string value) => new ProtoMessage().Add(1, key).Add(2, value);
}
