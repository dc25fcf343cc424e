using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Inference;
using UNetSharp.Models;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// The options that say of weights what their file does not: which network they are for, and how it takes pictures.
/// What is not said is assumed, and that is printed in a form that can be given back, changed.
/// </summary>
internal static class WeightsOptions
{
    private const string OwnSize = "own";

    private static readonly Option<string?> Model = new("--model")
    {
        Description = "Network of the weights, if the file does not say it and it is not recognised: "
            + string.Join(", ", ModelCatalog.Names),
    };

    private static readonly Option<string?> InputSize = new("--input-size")
    {
        Description =
            $"Height x width to which pictures are brought for the network, or {OwnSize}, if the weights do not say it",
    };

    private static readonly Option<Normalization?> NormalizationOption = new("--normalization")
    {
        Description =
            "Values of pictures, if the weights do not say it: unit, from 0 to 1, or saliency, by their maximum and "
            + "ImageNet's statistics",
    };

    private static readonly Option<bool?> Stretch =
        new("--stretch")
        {
            Description = "Whether the map of each picture is stretched to 0 to 1, if the weights do not say it",
        };

    private static readonly Option<float?> White = new("--white")
    {
        Description = "The value of white in pictures of 16 bit and of floating point, if it is not as in the training "
            + "or, where nothing is known of that, found in each picture: 4095 for cameras of 12 bit",
    };

    private static readonly Option<bool> Averaged = new("--ema")
    {
        Description = "Take averaged weights (EMA, SWA) where the file has plain ones too",
    };

    private static readonly Row[] Rows =
    [
        new(
            ModelOptions.Activation,
            nameof(ModelSettings.Activation),
            d => Lower(d.Model.Activation),
            (parsed, d) =>
                d with { Model = d.Model with { Activation = parsed.GetValue(ModelOptions.Activation)!.Value } }),
        new(
            ModelOptions.Slope,
            nameof(ModelSettings.Slope),
            d => d.Model.Slope.ToString(CultureInfo.InvariantCulture),
            (parsed, d) => d with { Model = d.Model with { Slope = parsed.GetValue(ModelOptions.Slope)!.Value } }),
        new(
            InputSize,
            nameof(NetworkDescription.Size),
            d =>
                d.Size is { } size
                    ? string.Create(CultureInfo.InvariantCulture, $"{size.Height}x{size.Width}")
                    : OwnSize,
            (parsed, d) => d with { Size = ParseSize(parsed.GetValue(InputSize)!) }),
        new(
            NormalizationOption,
            nameof(NetworkDescription.Normalization),
            d => Lower(d.Normalization),
            (parsed, d) => d with { Normalization = parsed.GetValue(NormalizationOption)!.Value }),
        new(
            Stretch,
            nameof(NetworkDescription.Stretch),
            d => Lower(d.StretchesMaps),
            (parsed, d) => d with { Stretch = parsed.GetValue(Stretch)!.Value }),
        new(
            White,
            nameof(NetworkDescription.Brightness),
            d => (d.Brightness?.White16)?.ToString(CultureInfo.InvariantCulture) ?? "",
            (parsed, d) => d with { Brightness = Brightness.FromWhite(ParseWhite(parsed.GetValue(White)!.Value)) }),
    ];

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in Rows.Select(row => row.Option).Prepend(Averaged).Prepend(Model))
        {
            command.Add(option);
        }
    }

    /// <summary>A network with its weights, described as the options of a command say.</summary>
    public static TrainedNetwork Load(ParseResult parsed, string weights) =>
        Load(parsed, weights, ModelOptions.OneOfCatalog(parsed.GetValue(Model)));

    /// <summary>A network with its weights, for a command that has another option for its name.</summary>
    public static TrainedNetwork Load(ParseResult parsed, string weights, string? model)
    {
        Row[] given = [.. Rows.Where(row => parsed.GetResult(row.Option) is { Implicit: false })];
        TrainedNetwork trained = TrainedNetwork.Load(
            weights,
            model,
            description => given.Aggregate(description, (d, row) => Corrected(parsed, d, row)),
            parsed.GetValue(Averaged));
        PrintChoice(weights, trained);
        PrintAssumed(weights, trained, trained.Assumed.Except(given.Select(row => row.Setting)));
        return trained;
    }

    /// <summary>A network with its weights, as their file describes it.</summary>
    public static TrainedNetwork LoadAsDescribed(string weights)
    {
        TrainedNetwork trained = TrainedNetwork.Load(weights);
        PrintChoice(weights, trained);
        PrintAssumed(weights, trained, trained.Assumed);
        return trained;
    }

    /// <summary>The options by which a network's state dict is read as what the network is.</summary>
    public static string DescribeMissing(NetworkDescription description) =>
        Shown(description, description.NotInStateDict());

    private static NetworkDescription Corrected(ParseResult parsed, NetworkDescription description, Row row)
    {
        bool isOfModel = row.Option == ModelOptions.Activation || row.Option == ModelOptions.Slope;
        if (isOfModel && !description.NotInStateDict().Contains(row.Setting))
        {
            throw new UsageException($"{row.Option.Name}: {description.Model.Model} has no such option.");
        }

        NetworkDescription corrected = row.Apply(parsed, description);
        return isOfModel && corrected.Model.GetError() is { } problem
            ? throw new UsageException($"{row.Option.Name}: {problem}.")
            : corrected;
    }

    private static void PrintChoice(string weights, TrainedNetwork trained)
    {
        foreach (string note in trained.Notes)
        {
            Console.Error.WriteLine($"note: {weights}: {note}");
        }

        if (trained.AveragedEntry is { } entry)
        {
            Console.Error.WriteLine($"note: {weights}: holds averaged weights too, '{entry}', which are not taken "
                + $"({Averaged.Name} takes them)");
        }
    }

    private static void PrintAssumed(string weights, TrainedNetwork trained, IEnumerable<string> settings)
    {
        if (Shown(trained.Description, settings) is { Length: > 0 } assumed)
        {
            Console.Error.WriteLine($"unet: {weights}: does not say, so this is assumed: {assumed}");
        }
    }

    private static string Shown(NetworkDescription description, IEnumerable<string> settings) => string.Join(
        ' ',
        Rows.Where(row => settings.Contains(row.Setting)).Select(row => $"{row.Option.Name} {row.Shown(description)}"));

    private static float ParseWhite(float white) => white > 0 && float.IsFinite(white)
        ? white
        : throw new UsageException($"{White.Name} {white}: give a number above 0, for example 4095.");

    private static PictureSize? ParseSize(string text) =>
        text == OwnSize ? null : CommonOptions.Size(text, InputSize.Name);

    private static string Lower<T>(T value)
        where T : struct => value.ToString()!.ToLowerInvariant();

    /// <summary>An option, the setting that it is for, how that is written, and what the option changes.</summary>
    private sealed record Row(
        Option Option,
        string Setting,
        Func<NetworkDescription, string> Shown,
        Func<ParseResult, NetworkDescription, NetworkDescription> Apply);
}
