namespace UNetSharp.Workflows;

/// <summary>Settings that make no sense, alone or together; the message is one line that says what to give instead.</summary>
/// <param name="message">The line.</param>
public sealed class SettingsException(string message) : UNetSharpException(message);
