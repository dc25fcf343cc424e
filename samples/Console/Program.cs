// Segments one picture: dotnet run --project samples/Console -- WEIGHTS PICTURE MASK.png
// WEIGHTS is the folder of a run, or a file: safetensors, .pth or .onnx.
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;

if (args is not [string weights, string picture, string mask])
{
    Console.Error.WriteLine("usage: segment WEIGHTS PICTURE MASK.png");
    return 2;
}

try
{
    using Segmenter segmenter = Segmenter.Load(weights);
    Segmentation result = segmenter.Segment(ImageFile.Read(picture));
    byte[] classes = result.ComputeClasses();
    double foreground = (double)classes.Count(index => index != 0) / classes.Length;
    Console.WriteLine(FormattableString.Invariant($"{picture}: {result.Size}, {foreground:P1} foreground"));

    // Classes are 0, 1, 2, …; the brightest grey stands for the last one, so that the mask can be seen.
    byte[] grey = Array.ConvertAll(classes, index => (byte)(index * 255 / (segmenter.ClassCount - 1)));
    ImageFile.WriteGrey(mask, grey, result.Size.Width, result.Size.Height);
    return 0;
}
catch (Exception e) when (e is CheckpointException or DataException)
{
    Console.Error.WriteLine($"segment: {e.Message}");
    return 1;
}
