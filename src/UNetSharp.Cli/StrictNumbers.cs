using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace UNetSharp.Cli;

/// <summary>
/// How fractions are read from the command line: with a point, and finite. Read leniently, <c>0,001</c> would be 1 and
/// <c>nan</c> a learning rate.
/// </summary>
internal static class StrictNumbers
{
    /// <summary>Makes all fractions of a command and of those in it strict.</summary>
    public static void Require(Command command)
    {
        foreach (Option option in command.Options)
        {
            switch (option)
            {
                case Option<float> single: single.CustomParser = Parse<float>; break;
                case Option<float?> single: single.CustomParser = result => Parse<float>(result); break;
                case Option<double> number: number.CustomParser = Parse<double>; break;
                case Option<double?> number: number.CustomParser = result => Parse<double>(result); break;
                default: break;
            }
        }

        foreach (Command inner in command.Subcommands)
        {
            Require(inner);
        }
    }

    private static T Parse<T>(ArgumentResult result)
        where T : struct, IFloatingPointIeee754<T>
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T number) && T.IsFinite(number))
        {
            return number;
        }

        string name = (result.Parent as OptionResult)?.Option.Name ?? "";
        string mend = text.Count(c => c == ',') == 1
            ? $"write {text.Replace(',', '.')}"
            : "give a finite number, such as 0.5 or 1e-3";
        result.AddError($"{name} {text}: is no number with a decimal point; {mend}.");
        return default;
    }
}
