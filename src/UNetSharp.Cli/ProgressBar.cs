using System.Diagnostics;
using Spectre.Console;

namespace UNetSharp.Cli;

/// <summary>
/// Progress of something that takes long: a bar with a text on a terminal; plain lines, now and then, when the output
/// goes to a file or a pipe.
/// </summary>
internal sealed class ProgressBar
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(10);
    private readonly IAnsiConsole? _console;
    private readonly ProgressTask? _task;
    private readonly Stopwatch _sinceLine = Stopwatch.StartNew();

    private ProgressBar(IAnsiConsole? console, ProgressTask? task) => (_console, _task) = (console, task);

    /// <summary>Does the work with a bar that it moves. All output goes to standard error, results do not mix with it.
    /// </summary>
    public static T Run<T>(Func<ProgressBar, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(new ProgressBar(null, null));
        }

        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn { Width = 30 }, new PercentageColumn(), new TaskDescriptionColumn())
            .Start(context => work(new ProgressBar(console, context.AddTask("starting", maxValue: 1))));
    }

    /// <summary>Moves the bar.</summary>
    /// <param name="share">Part of the work that is done, 0 to 1.</param>
    /// <param name="text">What is being done.</param>
    public void Update(double share, string text)
    {
        if (_task is not null)
        {
            _task.Value = share;
            _task.Description = Markup.Escape(text);
        }
        else if (_sinceLine.Elapsed > PlainInterval)
        {
            WritePlainLine(text);
        }
    }

    /// <summary>Writes a line that stays, when there is no terminal to draw a bar on.</summary>
    public void WritePlainLine(string text)
    {
        if (_task is null)
        {
            Console.Error.WriteLine(text);
            _sinceLine.Restart();
        }
    }

    /// <summary>Writes a line that stays, above the bar if there is one.</summary>
    public void WriteLine(string text)
    {
        if (_console is not null)
        {
            _console.WriteLine(text);
        }
        else
        {
            WritePlainLine(text);
        }
    }
}
