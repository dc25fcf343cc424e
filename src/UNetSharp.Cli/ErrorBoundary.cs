using UNetSharp.Interop;
using UNetSharp.Workflows;

namespace UNetSharp.Cli;

/// <summary>The edge at which errors become one line on standard error and an exit code.</summary>
internal static class ErrorBoundary
{
    private const int MaxRows = 40;

    /// <summary>Runs a command.</summary>
    public static int Invoke(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UsageException e)
        {
            return PrintError(e.Message, ExitCode.WrongUsage);
        }
        catch (SettingsException e)
        {
            return PrintError(FormatError(e), ExitCode.WrongUsage);
        }
        catch (CheckpointException e)
        {
            PrintError(FormatError(e), ExitCode.Failed);
            foreach (string row in e.Details.Take(MaxRows))
            {
                Console.Error.WriteLine($"  {row}");
            }

            if (e.Details.Count > MaxRows)
            {
                Console.Error.WriteLine($"  … and {e.Details.Count - MaxRows} more");
            }

            return ExitCode.Failed;
        }
        catch (Exception e)
        {
            return PrintError(FormatError(e), ExitCode.Failed);
        }
    }

    /// <summary>What an error says to the user, in one line.</summary>
    public static string FormatError(Exception error) => error switch
    {
        UNetSharpException known => OptionNames.Explain(known).ReplaceLineEndings(" "),
        IOException or UnauthorizedAccessException => error.Message.ReplaceLineEndings(" "),
        OutOfMemoryException => "there is not enough memory. Use a smaller --size, --crop, --batch, --base or --tile.",
        _ => $"stopped by an error of its own, which is worth a report: {error.GetType().Name}: {error.Message} "
            + $"({error.StackTrace?.Split('\n')[0].Trim()})".ReplaceLineEndings(" "),
    };

    private static int PrintError(string message, int code)
    {
        Console.Error.WriteLine($"unet: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
