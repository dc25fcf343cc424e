using System.Runtime.InteropServices;
using static UNetSharp.Imaging.VipsLibrary;

namespace UNetSharp.Imaging;

/// <summary>The bytes of a file in memory of libvips, a copy.</summary>
internal sealed unsafe class VipsBytes : SafeHandle
{
    public VipsBytes(ReadOnlySpan<byte> bytes)
        : base(0, ownsHandle: true)
    {
        EnsureStarted();
        fixed (byte* data = bytes)
        {
            SetHandle(vips_blob_copy(data, (nuint)bytes.Length));
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Sets an argument of an operation.</summary>
    public void GiveTo(nint operation, string name)
    {
        GValue value = default;
        g_value_init(&value, vips_blob_get_type());
        g_value_set_boxed(&value, handle);
        g_object_set_property(operation, name, &value);
        g_value_unset(&value);
    }

    protected override bool ReleaseHandle()
    {
        vips_area_unref(handle);
        return true;
    }
}
