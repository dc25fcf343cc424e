using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Interop;

namespace Samples.Web;

/// <summary>What is done with an uploaded picture. Uploads are not trusted: bytes and pixels are limited.</summary>
public static class Uploads
{
    private const int MaxBytes = 32 << 20;
    private const long MaxSamples = 64 << 20;

    /// <summary>
    /// The body is an image file; the answer is its mask, a grey PNG of its size, or what is wrong with it.
    /// </summary>
    public static async Task<IResult> SegmentAsync(Stream body, Segmenter segmenter, CancellationToken cancellation)
    {
        if (await ReadAsync(body, cancellation) is not { } bytes)
        {
            return Results.Problem(
                $"The upload is larger than {MaxBytes >> 20} MB.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        try
        {
            Segmentation result = segmenter.Segment(ImageFile.Decode(bytes, "upload", MaxSamples));
            byte[] grey =
                Array.ConvertAll(result.ComputeClasses(), index => (byte)(index * 255 / (segmenter.ClassCount - 1)));
            return Results.Bytes(ImageFile.EncodeGreyPng(grey, result.Size.Width, result.Size.Height), "image/png");
        }
        catch (Exception e) when (e is DataException or CheckpointException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    /// <summary>All bytes of a stream; null if there are too many.</summary>
    private static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancellation)
    {
        using MemoryStream bytes = new();
        byte[] block = new byte[1 << 16];
        int count;
        while ((count = await body.ReadAsync(block, cancellation)) > 0)
        {
            bytes.Write(block, 0, count);
            if (bytes.Length > MaxBytes)
            {
                return null;
            }
        }

        return bytes.ToArray();
    }
}
