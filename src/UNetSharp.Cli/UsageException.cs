namespace UNetSharp.Cli;

/// <summary>Options that make no sense; the message is one line that says which and what to give instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
