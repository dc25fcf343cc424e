using UNetSharp.Data;
using UNetSharp.Files;

namespace UNetSharp.Imaging.Rows;

/// <summary>
/// An image file that is written row after row, so that an image of any size needs memory for a few rows. It lies
/// beside its place and takes its name when the last row is written; a file that is not finished is removed.
/// </summary>
public abstract class RowFile : IDisposable
{
    private readonly string _path;
    private UnfinishedFile? _file;
    private int _rows;
    private bool _isDisposed;

    /// <summary>Starts a file.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="format">How pixels are stored.</param>
    protected RowFile(string path, PictureSize size, RowFormat format)
    {
        (_path, Size, Format) = (path, size, format);
        WrapErrors(() => _file = new UnfinishedFile(path));
    }

    /// <summary>Bytes of a row.</summary>
    protected int RowBytes => checked(Size.Width * Format.PixelBytes);

    /// <summary>Height and width.</summary>
    protected PictureSize Size { get; }

    /// <summary>How pixels are stored.</summary>
    protected RowFormat Format { get; }

    /// <summary>The file.</summary>
    protected Stream File => _file!.Stream;

    /// <summary>Creates a PNG or a TIFF file, by the extension.</summary>
    /// <exception cref="DataException">The file cannot be written.</exception>
    public static RowFile Create(string path, PictureSize size, RowFormat format) =>
        Path.GetExtension(path) == ".tif" ? new TiffRowFile(path, size, format) : new PngRowFile(path, size, format);

    /// <summary>Writes the next row.</summary>
    /// <exception cref="DataException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file has been disposed of.</exception>
    public void Write(ReadOnlySpan<byte> row)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        try
        {
            WriteRow(row);
            _rows++;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CreateException(e);
        }
    }

    /// <summary>Ends the file after its last row and puts it in its place.</summary>
    /// <exception cref="DataException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The file has been disposed of.</exception>
    public void Finish()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_rows != Size.Height)
        {
            throw new InvalidOperationException($"{_rows} of {Size.Height} rows of {_path} are written.");
        }

        WrapErrors(() =>
        {
            WriteEnd();
            _file!.Complete();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _file?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes what stands before the first row.</summary>
    protected void WriteStart(Action write)
    {
        try
        {
            WrapErrors(write);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Writes a row.</summary>
    protected abstract void WriteRow(ReadOnlySpan<byte> row);

    /// <summary>Writes what stands after the last row.</summary>
    protected abstract void WriteEnd();

    private void WrapErrors(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CreateException(e);
        }
    }

    private DataException CreateException(Exception e) => new($"{_path}: cannot be written: {e.Message}", e);
}
