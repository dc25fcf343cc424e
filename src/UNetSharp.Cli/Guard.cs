using UNetSharp.Data;
using UNetSharp.Interop;
using UNetSharp.Tensors;
using UNetSharp.Training;

namespace UNetSharp.Cli;

/// <summary>The edge at which errors become one line on standard error and an exit code.</summary>
internal static class Guard
{
    private const int MostRows = 40;

    /// <summary>Runs a command.</summary>
    public static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (UsageException e)
        {
            return Say(e.Message, ExitCode.WrongUsage);
        }
        catch (CheckpointException e)
        {
            Say(e.Message, ExitCode.Failed);
            foreach (string row in e.Details.Take(MostRows))
            {
                Console.Error.WriteLine($"  {row}");
            }

            if (e.Details.Count > MostRows)
            {
                Console.Error.WriteLine($"  … and {e.Details.Count - MostRows} more");
            }

            return ExitCode.Failed;
        }
        catch (Exception e) when (e is DataException or TrainingException or ShapeException
            or IOException or UnauthorizedAccessException)
        {
            return Say(e.Message, ExitCode.Failed);
        }
        catch (OutOfMemoryException)
        {
            return Say("there is not enough memory. Use a smaller --size, --crop, --batch or --base.", ExitCode.Failed);
        }
        catch (Exception e)
        {
            return Say($"stopped by an error of its own, which is worth a report: {e.GetType().Name}: {e.Message} "
                + $"({e.StackTrace?.Split('\n')[0].Trim()})", ExitCode.Failed);
        }
    }

    private static int Say(string message, int code)
    {
        Console.Error.WriteLine($"unet: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
