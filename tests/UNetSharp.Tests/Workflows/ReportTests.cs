using System.Text.Json;
using System.Xml.Linq;
using UNetSharp.Tests.Cli;
using UNetSharp.Tests.Training;
using UNetSharp.Workflows;

namespace UNetSharp.Tests.Workflows;

/// <summary>What a run and an evaluation leave for people and programs to look at.</summary>
public sealed class ReportTests
{
    [Fact]
    public void A_chart_puts_values_where_its_axis_says()
    {
        string svg = LineChart.Draw("a < b", new Line("x", [(1, 0), (2, 10), (3, 5)]));

        // From 52 to 450 across; 0 at the bottom, 212, and 10 at the top, 10.
        Assert.Contains("points=\"52.0,212.0 251.0,10.0 450.0,111.0\"", svg, StringComparison.Ordinal);
        Assert.Contains(">10</text>", svg, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"a &lt; b\"", svg, StringComparison.Ordinal);
        XElement.Parse(svg);
        Assert.Equal("", LineChart.Draw("nothing", new Line("x", [])));
        XElement.Parse(LineChart.Draw("one epoch of all the same", new Line("x", [(1, 0)])));
    }

    [Fact]
    public void Training_and_evaluation_leave_pages_and_files()
    {
        using DiscData data = new(8);
        string[] names = [.. Directory.GetFiles(data.In("images")).Concat(Directory.GetFiles(data.In("masks")))];
        foreach (string name in names.Where(name => name.EndsWith("disc-1.png", StringComparison.Ordinal)))
        {
            File.Move(name, name.Replace("disc-1", "a,<b>\"", StringComparison.Ordinal));
        }

        string[] train =
            ["train", "--data", data.Root, "--base", "2", "--batch", "2", "--val", "0.4", "--out", data.In("run")];
        (int code, string output, _) = UnetProgram.Run([.. train, "--epochs", "1", "--json"]);
        Assert.Equal(0, code);
        JsonElement[] events = [.. Lines(output).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["step", "step", "step", "epoch", "end"], events.Select(e => e.GetProperty("event").GetString()));
        Assert.Equal(3, events[3].GetProperty("validation").GetProperty("images").GetArrayLength());

        Assert.Equal(0, UnetProgram.Run([.. train, "--epochs", "2", "--resume"]).Code);
        Assert.Equal(2, Directory.GetFiles(data.In("run"), "events.out.tfevents.*").Length);
        string page = File.ReadAllText(data.In("run", "report.html"));
        Assert.Contains("after epoch 2 of 2", page, StringComparison.Ordinal);
        AssertSelfContained(page);

        (code, output, _) = UnetProgram.Run(
            "evaluate", "--weights", data.In("run"), "--data", data.Root,
            "--compare", data.In("run", "last.safetensors"), "--membranes", "1",
            "--json", "--csv", data.In("s.csv"), "--html", data.In("s.html"));
        Assert.Equal(0, code);
        JsonElement scores = JsonDocument.Parse(output).RootElement;
        Assert.Equal(8, scores.GetProperty("images").GetArrayLength());
        Assert.Equal(10, scores.GetProperty("comparison").GetArrayLength());
        Assert.InRange(scores.GetProperty("membranes").GetProperty("vRand").GetDouble(), 0, 1);
        string[] rows = File.ReadAllLines(data.In("s.csv"));
        Assert.StartsWith("image,class,dice,", rows[0], StringComparison.Ordinal);
        Assert.Single(rows, row => row.StartsWith("\"a,<b>\"\"\",0,", StringComparison.Ordinal));
        page = File.ReadAllText(data.In("s.html"));
        Assert.Contains("a,&lt;b&gt;&quot;", page, StringComparison.Ordinal);
        AssertSelfContained(page);
    }

    [Fact]
    public void Files_without_their_folder_and_classes_that_are_not_there_are_refused()
    {
        using DiscData data = new(2);
        Assert.Equal(0, UnetProgram.Run(
            "train", "--data", data.Root, "--base", "2", "--epochs", "1", "--out", data.In("run")).Code);
        string[] evaluate = ["evaluate", "--weights", data.In("run"), "--data", data.Root];

        UnetProgram.AssertRefused(2, "no such folder", [.. evaluate, "--html", data.In("nowhere", "s.html")]);
        UnetProgram.AssertRefused(2, "--membranes", [.. evaluate, "--membranes", "2"]);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void AssertSelfContained(string page)
    {
        Assert.DoesNotContain("<b>\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,", page, StringComparison.Ordinal);
    }
}
