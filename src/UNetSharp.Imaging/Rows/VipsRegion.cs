using System.Runtime.InteropServices;
using static UNetSharp.Imaging.VipsLibrary;

namespace UNetSharp.Imaging.Rows;

/// <summary>A window on an image of libvips, through which its rows are computed from the top; for one thread.
/// </summary>
internal sealed unsafe class VipsRegion : SafeHandle
{
    private readonly VipsImage _image;

    /// <param name="image">The image; it is disposed with the region.</param>
    public VipsRegion(VipsImage image)
        : base(0, ownsHandle: true)
    {
        _image = image;
        SetHandle(vips_region_new(image.DangerousGetHandle()));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Computes rows.</summary>
    /// <param name="top">The first; none above the last one read before.</param>
    /// <param name="count">How many.</param>
    /// <param name="bytes">Takes their samples as they are stored.</param>
    public void Read(int top, int count, Span<byte> bytes)
    {
        void* rows = vips_region_fetch(handle, 0, top, _image.Width, count, out nuint size);
        if (rows == null)
        {
            throw new VipsException(TakeError());
        }

        new ReadOnlySpan<byte>(rows, checked((int)size)).CopyTo(bytes);
        g_free(rows);
    }

    protected override bool ReleaseHandle()
    {
        g_object_unref(handle);
        _image.Dispose();
        return true;
    }
}
