using UNetSharp.Imaging;

namespace UNetSharp.Tests.Training;

/// <summary>A folder of small made-up images: bright discs on a noisy ground, with their masks.</summary>
internal sealed class DiscData : IDisposable
{
    private const int Side = 32;

    public DiscData(int count, string images = "images", string masks = "masks")
    {
        Root = Directory.CreateTempSubdirectory("unetsharp-test").FullName;
        Directory.CreateDirectory(Path.Combine(Root, images));
        Directory.CreateDirectory(Path.Combine(Root, masks));
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            (byte[] image, byte[] mask) = Draw(random);
            ImageFile.WriteGrey(Path.Combine(Root, images, $"disc-{i}.png"), image, Side, Side);
            ImageFile.WriteGrey(Path.Combine(Root, masks, $"disc-{i}.png"), mask, Side, Side);
        }
    }

    public string Root { get; }

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static (byte[] Image, byte[] Mask) Draw(Random random)
    {
        (double y, double x, double radius) = (random.Next(8, 24), random.Next(8, 24), random.Next(4, 8));
        byte[] image = new byte[Side * Side];
        byte[] mask = new byte[Side * Side];
        for (int i = 0; i < image.Length; i++)
        {
            bool isInside = Math.Pow((i / Side) - y, 2) + Math.Pow((i % Side) - x, 2) <= radius * radius;
            mask[i] = (byte)(isInside ? 255 : 0);
            image[i] = (byte)((isInside ? 150 : 60) + random.Next(40));
        }

        return (image, mask);
    }
}
