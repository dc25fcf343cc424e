using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace UNetSharp.Tests.Architecture;

/// <summary>What the library says is for every program that uses it, so it names no option of the command line.</summary>
public sealed partial class MessageTests
{
    [Theory]
    [InlineData("UNetSharp")]
    [InlineData("UNetSharp.Imaging")]
    [InlineData("UNetSharp.Workflows")]
    public void No_source_of_the_library_names_an_option_of_the_command_line(string project)
    {
        string folder = Path.Combine(RepositoryPath(), "src", project);
        string[] files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Empty(CommandLineOption().Matches(File.ReadAllText(file)).Select(m => m.Value)));
    }

    [Theory]
    [InlineData("Give --size HxW.", true)]
    [InlineData("--skip-bad", true)]
    [InlineData("color: var(--ink); --ground: #ffffff", false)]
    public void Options_are_told_from_colours_of_a_page(string text, bool isOption) =>
        Assert.Equal(isOption, CommandLineOption().IsMatch(text));

    // Colours of a page are read as var(--ink) and set as --ink: #1f2328.
    [GeneratedRegex(@"(?<!var\()(?>--[a-z][a-z-]*)(?!:)")]
    private static partial Regex CommandLineOption();

    private static string RepositoryPath([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
