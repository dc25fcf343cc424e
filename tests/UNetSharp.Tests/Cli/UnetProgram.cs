using System.Diagnostics;

namespace UNetSharp.Tests.Cli;

/// <summary>The program, run as a process of its own.</summary>
internal static class UnetProgram
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "unet.dll");

    /// <summary>Runs the program to its end.</summary>
    public static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }

    /// <summary>Starts the program.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Asserts that the program says one line with the given part and ends with the given code.</summary>
    public static string AssertRefused(int code, string part, string[] arguments)
    {
        (int actual, _, string errors) = Run(arguments);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string line = Assert.Single(lines);
        Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.StartsWith("unet", line, StringComparison.Ordinal);
        Assert.Equal(code, actual);
        return line;
    }
}
