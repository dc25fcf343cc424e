using NetVips;
using UNetSharp.Data;
using UNetSharp.Imaging;

namespace UNetSharp.Tests.Imaging;

public sealed class CutoutTests
{
    private const string ProfileField = "icc-profile-data";

    private static readonly float[] Alpha = [0, 0.25f, 1];

    [Fact]
    public void Colours_stay_and_opacity_goes_beside_them()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.png");

        Cutout.WriteTransparent(file, new Picture(3, 1, 3, 255, [1, 2, 3, 4, 5, 6, 7, 8, 9]), Alpha, profile: null);

        using Image image = Image.Pngload(file);
        Assert.Equal((3, 1, 4, Enums.BandFormat.Uchar), (image.Width, image.Height, image.Bands, image.Format));
        Assert.Equal([1, 2, 3, 0, 4, 5, 6, 64, 7, 8, 9, 255], image.WriteToMemory<byte>());
        Assert.False(image.Contains(ProfileField));
    }

    [Fact]
    public void Grey_and_16_bit_pictures_stay_what_they_are()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.png");

        Cutout.WriteTransparent(file, new Picture(3, 1, 1, 65535, [1000, 2000, 65535]), Alpha, profile: null);

        using Image image = Image.Pngload(file);
        Assert.Equal((2, Enums.BandFormat.Ushort), (image.Bands, image.Format));
        Assert.Equal([1000, 0, 2000, 16384, 65535, 65535], image.WriteToMemory<ushort>());
    }

    [Fact]
    public void Floating_point_pictures_are_written_with_16_bits()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.png");

        Cutout.WriteTransparent(file, new Picture(3, 1, 1, 1, [-0.5f, 0.5f, 2]), Alpha, profile: null);

        using Image image = Image.Pngload(file);
        Assert.Equal([0, 0, 32768, 16384, 65535, 65535], image.WriteToMemory<ushort>());
    }

    [Fact]
    public void How_opaque_a_file_is_is_read_upright_and_in_any_depth()
    {
        using TemporaryFolder folder = new();
        Write("8.png", 255, Enums.BandFormat.Uchar);
        Write("16.png", 65535, Enums.BandFormat.Ushort);
        using Image grey = Image.Black(2, 1);
        grey.WriteToFile(folder.File("grey.png"));

        Assert.Equal([0, 1], Cutout.ReadOpacity(folder.File("8.png"))!);
        Assert.Equal([0, 1], Cutout.ReadOpacity(folder.File("16.png"))!);
        Assert.Null(Cutout.ReadOpacity(folder.File("grey.png")));

        void Write(string name, float opaque, Enums.BandFormat format)
        {
            using Image file = Image.NewFromMemory<float>(
                [1, 2, 3, 0, 4, 5, 6, opaque], 2, 1, 4, Enums.BandFormat.Float);
            using Image typed = file.Cast(format);
            using Image colour = typed.Copy(
                interpretation: opaque > 255 ? Enums.Interpretation.Rgb16 : Enums.Interpretation.Srgb);
            colour.WriteToFile(folder.File(name));
        }
    }

    [Fact]
    public void A_picture_over_a_colour_is_mixed_with_it()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.png");

        Cutout.WriteOver(file, new Picture(3, 1, 1, 255, [100, 100, 100]), Alpha, profile: null, (200, 0, 20));

        using Image image = Image.Pngload(file);
        Assert.Equal([200, 0, 20, 175, 25, 40, 100, 100, 100], image.WriteToMemory<byte>());
    }

    [Fact]
    public void The_profile_of_the_colours_is_kept()
    {
        using TemporaryFolder folder = new();
        (string photo, string file) = (folder.File("photo.png"), folder.File("a.png"));
        using (Image plain = Vips.FromPixels<byte>([10, 20, 30], 1, 1, bands: 3, Enums.Interpretation.Srgb))
        using (Image wide = plain.IccTransform("p3", inputProfile: "srgb"))
        {
            wide.Pngsave(photo);
        }

        byte[]? profile = Cutout.ReadProfile(photo);
        Cutout.WriteTransparent(file, ImageFile.Read(photo), [1], profile);

        using Image image = Image.Pngload(file);
        Assert.NotNull(profile);
        Assert.Equal(profile, image.Get(ProfileField));
        Assert.Null(Cutout.ReadProfile(Fixtures.GetPath("cmyk.jpg"))); // whose pixels are read as RGB
    }

    [Fact]
    public void A_damaged_profile_does_no_harm()
    {
        using TemporaryFolder folder = new();
        string file = folder.File("a.png");

        Cutout.WriteTransparent(file, new Picture(1, 1, 3, 255, [1, 2, 3]), [1], new byte[200]);

        Assert.Equal([1f, 2, 3], ImageFile.Read(file).Samples);
    }
}
