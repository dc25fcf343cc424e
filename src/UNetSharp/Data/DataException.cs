namespace UNetSharp.Data;

/// <summary>Images or masks that cannot be used; the message is one line that names the file and what to do.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner);
