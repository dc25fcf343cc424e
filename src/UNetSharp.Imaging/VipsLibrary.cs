using System.Runtime.InteropServices;
using UNetSharp.Data;

namespace UNetSharp.Imaging;

/// <summary>The parts of the C API of libvips (https://www.libvips.org) and GObject that are used here.</summary>
internal static unsafe partial class VipsLibrary
{
    private const string Vips = "vips";
    private const string GObject = "gobject";
    private const string GLib = "glib";

    // Names of the shared libraries on Linux, macOS and Windows.
    private static readonly Dictionary<string, string[]> FileNames = new()
    {
        [Vips] = ["libvips.so.42", "libvips.42.dylib", "/opt/homebrew/lib/libvips.42.dylib", "libvips-42.dll"],
        [GObject] =
        [
            "libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "/opt/homebrew/lib/libgobject-2.0.0.dylib",
            "libgobject-2.0-0.dll", "libvips-42.dll",
        ],
        [GLib] =
        [
            "libglib-2.0.so.0", "libglib-2.0.0.dylib", "/opt/homebrew/lib/libglib-2.0.0.dylib",
            "libglib-2.0-0.dll", "libvips-42.dll",
        ],
    };

    private static readonly Lazy<bool> Started = new(Start);

    /// <summary>Loads and sets up the library at first use.</summary>
    /// <exception cref="DataException">It is not installed.</exception>
    public static void EnsureStarted() => _ = Started.Value;

    /// <summary>What went wrong last, in one line.</summary>
    public static string TakeError()
    {
        string text = Marshal.PtrToStringUTF8(vips_error_buffer()) ?? "";
        vips_error_clear();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("unknown error").Trim();
    }

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint vips_operation_new(string name);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_object_set_argument_from_string(nint operation, string name, string value);

    [LibraryImport(Vips)]
    internal static partial nint vips_cache_operation_build(nint operation);

    [LibraryImport(Vips)]
    internal static partial void vips_object_unref_outputs(nint operation);

    [LibraryImport(Vips)]
    internal static partial nint vips_image_new_from_memory_copy(
        void* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Vips)]
    internal static partial void* vips_image_write_to_memory(nint image, out nuint size);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_width(nint image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_height(nint image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_bands(nint image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_format(nint image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_interpretation(nint image);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_n_pages(nint image);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vips_image_get_blob(nint image, string name, out void* data, out nuint size);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void vips_image_set_blob_copy(nint image, string name, void* data, nuint size);

    [LibraryImport(Vips)]
    internal static partial int vips_image_get_orientation(nint image);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nuint vips_image_get_typeof(nint image, string field);

    [LibraryImport(Vips)]
    internal static partial nint vips_region_new(nint image);

    [LibraryImport(Vips)]
    internal static partial void* vips_region_fetch(
        nint region, int left, int top, int width, int height, out nuint size);

    [LibraryImport(Vips)]
    internal static partial nuint vips_image_get_type();

    [LibraryImport(Vips)]
    internal static partial nuint vips_blob_get_type();

    [LibraryImport(Vips)]
    internal static partial void* vips_blob_get(nint blob, out nuint size);

    [LibraryImport(Vips)]
    internal static partial nint vips_blob_copy(void* data, nuint size);

    [LibraryImport(Vips)]
    internal static partial void vips_area_unref(nint area);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_set_property(nint target, string name, GValue* value);

    [LibraryImport(GObject, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void g_object_get_property(nint target, string name, GValue* value);

    [LibraryImport(GObject)]
    internal static partial void g_object_unref(nint target);

    [LibraryImport(GObject)]
    internal static partial GValue* g_value_init(GValue* value, nuint type);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_object(GValue* value, nint target);

    [LibraryImport(GObject)]
    internal static partial nint g_value_dup_object(GValue* value);

    [LibraryImport(GObject)]
    internal static partial void g_value_set_boxed(GValue* value, nint boxed);

    [LibraryImport(GObject)]
    internal static partial nint g_value_get_boxed(GValue* value);

    [LibraryImport(GObject)]
    internal static partial void g_value_unset(GValue* value);

    [LibraryImport(GLib)]
    internal static partial void g_free(void* memory);

    [LibraryImport(GLib, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint g_log_set_handler(
        string domain, int levels, delegate* unmanaged<nint, int, nint, nint, void> handler, nint data);

    [LibraryImport(Vips, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_init(string program);

    [LibraryImport(Vips)]
    private static partial void vips_concurrency_set(int threads);

    [LibraryImport(Vips)]
    private static partial void vips_cache_set_max(int operations);

    [LibraryImport(Vips)]
    private static partial nint vips_error_buffer();

    [LibraryImport(Vips)]
    private static partial void vips_error_clear();

    private static bool Start()
    {
        NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, (name, _, _) =>
        {
            foreach (string file in FileNames.GetValueOrDefault(name, []))
            {
                if (NativeLibrary.TryLoad(file, out nint handle))
                {
                    return handle;
                }
            }

            return 0;
        });

        try
        {
            if (vips_init("unetsharp") != 0)
            {
                throw new DataException($"libvips cannot start: {TakeError()}");
            }
        }
        catch (DllNotFoundException e)
        {
            throw new DataException(
                "libvips, which reads and writes image files, is not installed. Debian and Ubuntu: apt-get install "
                    + "libvips42; Fedora: dnf install vips; macOS: brew install vips; Windows: the libvips folder on PATH.",
                e);
        }

        // Files are read on threads of ours, each once.
        vips_concurrency_set(1);
        vips_cache_set_max(0);

        // It warns of damaged files on standard error, beside the error that becomes our one line.
        const int Warning = 1 << 4; // G_LOG_LEVEL_WARNING
        g_log_set_handler("VIPS", Warning, &Ignore, 0);
        return true;
    }

    [UnmanagedCallersOnly]
    private static void Ignore(nint domain, int level, nint message, nint data)
    {
    }

    /// <summary>A value of GObject's type system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct GValue
    {
        private readonly nuint _type;
        private readonly ulong _first;
        private readonly ulong _second;
    }
}
