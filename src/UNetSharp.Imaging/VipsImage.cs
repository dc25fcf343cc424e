using System.Runtime.InteropServices;
using static UNetSharp.Imaging.VipsLibrary;

namespace UNetSharp.Imaging;

/// <summary>An image of libvips: a recipe that is computed when its pixels are asked for.</summary>
internal sealed unsafe class VipsImage : SafeHandle
{
    private const string ProfileName = "icc-profile-data"; // VIPS_META_ICC_NAME

    private VipsImage(nint image)
        : base(0, ownsHandle: true) => SetHandle(image);

    /// <summary>How samples are stored.</summary>
    public enum SampleFormat
    {
        /// <summary>8 bit without sign.</summary>
        Byte = 0,

        /// <summary>16 bit without sign.</summary>
        UShort = 2,

        /// <summary>32 bit floating point.</summary>
        Float = 6,

        /// <summary>64 bit floating point.</summary>
        Double = 8,
    }

    public override bool IsInvalid => handle == 0;

    public int Width => vips_image_get_width(handle);

    public int Height => vips_image_get_height(handle);

    public int Bands => vips_image_get_bands(handle);

    /// <summary>Pages of the file that the image comes from.</summary>
    public int Pages => vips_image_get_n_pages(handle);

    /// <summary>The ICC profile that says what its colours are; null if it has none.</summary>
    public byte[]? Profile =>
        vips_image_get_typeof(handle, ProfileName) == vips_blob_get_type()
        && vips_image_get_blob(handle, ProfileName, out void* data, out nuint size) == 0
            ? new ReadOnlySpan<byte>(data, checked((int)size)).ToArray()
            : null;

    /// <summary>How a camera was turned, by EXIF; 1 is upright.</summary>
    public int Orientation => vips_image_get_orientation(handle);

    /// <summary>Whether the file holds ever finer images one after another, so that no row is known before all are.</summary>
    public bool IsProgressive =>
        vips_image_get_typeof(handle, "interlaced") != 0 || vips_image_get_typeof(handle, "jpeg-multiscan") != 0;

    public SampleFormat Format => (SampleFormat)vips_image_get_format(handle);

    public int Interpretation => vips_image_get_interpretation(handle);

    /// <summary>Wraps pixels, of which a copy is made.</summary>
    public static VipsImage FromMemory<T>(ReadOnlySpan<T> samples, int width, int height, int bands, SampleFormat format)
        where T : unmanaged
    {
        EnsureStarted();
        fixed (T* data = samples)
        {
            nint image = vips_image_new_from_memory_copy(
                data, (nuint)samples.Length * (nuint)sizeof(T), width, height, bands, (int)format);
            return image != 0 ? new VipsImage(image) : throw new VipsException(TakeError());
        }
    }

    /// <summary>Runs an operation that makes an image out of arguments.</summary>
    public static VipsImage Make(string operation, params (string Name, string Value)[] arguments) =>
        Call(operation, _ => { }, arguments, built => GetImage(built, "out"));

    /// <summary>Runs an operation that makes an image out of the bytes of a file, which must outlive the image.</summary>
    public static VipsImage Make(string operation, VipsBytes bytes, params (string Name, string Value)[] arguments) =>
        Call(operation, built => bytes.GiveTo(built, "buffer"), arguments, built => GetImage(built, "out"));

    /// <summary>Runs an operation that makes an image out of this one.</summary>
    public VipsImage Then(string operation, params (string Name, string Value)[] arguments) =>
        Call(operation, GiveTo, arguments, built => GetImage(built, "out"));

    /// <summary>Gives an image that was made of pixels an ICC profile.</summary>
    public void SetProfile(ReadOnlySpan<byte> profile)
    {
        fixed (byte* data = profile)
        {
            vips_image_set_blob_copy(handle, ProfileName, data, (nuint)profile.Length);
        }
    }

    /// <summary>Runs an operation that writes this image somewhere.</summary>
    public void Save(string operation, params (string Name, string Value)[] arguments) =>
        Call(operation, GiveTo, arguments, _ => true);

    /// <summary>Runs an operation that makes the bytes of a file out of this image.</summary>
    public byte[] Bytes(string operation, params (string Name, string Value)[] arguments) =>
        Call(operation, GiveTo, arguments, built => GetBytes(built, "buffer"));

    /// <summary>Computes the pixels: the channels of a pixel together, pixels by rows.</summary>
    public T[] Pixels<T>()
        where T : unmanaged
    {
        void* memory = vips_image_write_to_memory(handle, out nuint size);
        if (memory == null)
        {
            throw new VipsException(TakeError());
        }

        try
        {
            return new ReadOnlySpan<T>(memory, checked((int)(size / (nuint)sizeof(T)))).ToArray();
        }
        finally
        {
            g_free(memory);
        }
    }

    protected override bool ReleaseHandle()
    {
        g_object_unref(handle);
        return true;
    }

    private static T Call<T>(
        string name, Action<nint> giveInput, (string Name, string Value)[] arguments, Func<nint, T> resultOf)
    {
        EnsureStarted();
        nint operation = vips_operation_new(name);
        if (operation == 0)
        {
            throw new VipsException(TakeError());
        }

        foreach ((string argument, string value) in arguments)
        {
            if (vips_object_set_argument_from_string(operation, argument, value) != 0)
            {
                g_object_unref(operation);
                throw new VipsException(TakeError());
            }
        }

        giveInput(operation);
        nint built = vips_cache_operation_build(operation);
        if (built == 0)
        {
            vips_object_unref_outputs(operation); // a failed operation may have made some of them
            g_object_unref(operation);
            throw new VipsException(TakeError());
        }

        g_object_unref(operation);
        T result = resultOf(built);
        vips_object_unref_outputs(built);
        g_object_unref(built);
        return result;
    }

    private void GiveTo(nint operation)
    {
        GValue value = default;
        g_value_init(&value, vips_image_get_type());
        g_value_set_object(&value, handle);
        g_object_set_property(operation, "in", &value);
        g_value_unset(&value);
    }

    private static VipsImage GetImage(nint operation, string name)
    {
        GValue value = default;
        g_value_init(&value, vips_image_get_type());
        g_object_get_property(operation, name, &value);
        nint image = g_value_dup_object(&value);
        g_value_unset(&value);
        return new VipsImage(image);
    }

    private static byte[] GetBytes(nint operation, string name)
    {
        GValue value = default;
        g_value_init(&value, vips_blob_get_type());
        g_object_get_property(operation, name, &value);
        void* data = vips_blob_get(g_value_get_boxed(&value), out nuint size);
        byte[] bytes = new ReadOnlySpan<byte>(data, checked((int)size)).ToArray();
        g_value_unset(&value);
        return bytes;
    }
}

/// <summary>libvips refused; the message is its own, in one line.</summary>
internal sealed class VipsException(string message) : Exception(message);
