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
    private const string ImageNet = "imagenet";
    private const int MaxChannels = 64;

    private static readonly Dictionary<string, OutputKind> OutputKinds = new()
    {
        ["logits"] = OutputKind.Logits,
        ["probabilities"] = OutputKind.Probabilities,
        ["labels"] = OutputKind.Labels,
        ["multi-label"] = OutputKind.MultiLabel,
    };

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

    // Where --size is free.
    private static readonly Option<string?> Size = new("--size") { Description = InputSize.Description, Hidden = true };

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

    private static readonly Option<string?> InputRange = new("--input-range")
    {
        Description = "Numbers that the network reads for black and white, if the weights do not say it: 0..1, 0..255 "
            + "or -1..1",
    };

    private static readonly Option<string?> Mean = new("--mean")
    {
        Description = "What is subtracted from each channel of these numbers, such as 104,117,123, or imagenet",
    };

    private static readonly Option<string?> Std = new("--std")
    {
        Description = "What each channel is divided by after that; imagenet, too, if --mean is imagenet",
    };

    private static readonly Option<bool?> Bgr = new("--bgr")
    {
        Description = "The network reads blue, green, red",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> OutputName = new("--output")
    {
        Description = "Which output of an ONNX file is the mask, if there are several",
    };

    private static readonly Option<string?> OutputIs = new("--output-is")
    {
        Description = "What the network gives, if that is not found out: " + string.Join(", ", OutputKinds.Keys),
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
            Size,
            nameof(NetworkDescription.Size),
            d => null,
            (parsed, d) => d with { Size = ParseSize(parsed.GetValue(Size)!) }),
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
        new(
            InputRange,
            nameof(NetworkDescription.Input),
            d => InputValues.FormatRange(d.Input?.Black ?? 0, d.Input?.White ?? 1),
            (parsed, d) => WithInput(d, input => ParseRange(input, parsed.GetValue(InputRange)!))),
        new(
            Mean,
            nameof(NetworkDescription.Input),
            d => d.Input?.Mean is { } mean ? InputValues.Format(mean) : null,
            (parsed, d) => WithInput(d, input => WithMean(input, parsed.GetValue(Mean)!))),
        new(
            Std,
            nameof(NetworkDescription.Input),
            d => d.Input?.Std is { } std ? InputValues.Format(std) : null,
            (parsed, d) => WithInput(d, input => input with
            {
                Std = ParseNumbers(parsed.GetValue(Std)!, Std.Name, InputValues.ImageNetStd, input),
            })),
        new(
            Bgr,
            nameof(NetworkDescription.Input),
            d => d.Input?.IsBgr == true ? "true" : null,
            (parsed, d) => WithInput(d, input => input with { IsBgr = parsed.GetValue(Bgr) ?? true })),
        new(
            OutputName,
            nameof(NetworkDescription.OutputName),
            d => d.OutputName,
            (parsed, d) => d with { OutputName = parsed.GetValue(OutputName) }),
        new(
            OutputIs,
            nameof(NetworkDescription.Output),
            d => null,
            (parsed, d) => WithOutput(d, parsed.GetValue(OutputIs)!)),
    ];

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in Rows.Select(row => row.Option).Prepend(Averaged).Prepend(Model))
        {
            if (option != Size || command.Options.All(other => other.Name != Size.Name))
            {
                command.Add(option);
            }
        }
    }

    /// <summary>A network with its weights, described as the options of a command say.</summary>
    public static TrainedNetwork Load(ParseResult parsed, string weights) =>
        Load(parsed, weights, ModelOptions.OneOfCatalog(parsed.GetValue(Model)));

    /// <summary>A network with its weights, for a command that has another option for its name.</summary>
    public static TrainedNetwork Load(ParseResult parsed, string weights, string? model)
    {
        Row[] given =
        [
            .. Rows.Where(row => parsed.CommandResult.Command.Options.Contains(row.Option)
                && parsed.GetResult(row.Option) is { Implicit: false }),
        ];
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
        if (trained.Assumed.Count > 0)
        {
            Console.Error.WriteLine($"note: {weights}: {trained.DescribeContract()}");
        }

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
        Rows.Where(row => settings.Contains(row.Setting) && row.Shown(description) is not null)
            .Select(row => $"{row.Option.Name} {row.Shown(description)}"));

    // Whoever names numbers for each channel means these, not a picture's own maximum.
    private static NetworkDescription WithInput(NetworkDescription d, Func<InputValues, InputValues> change) =>
        d with
        {
            Normalization = Normalization.Unit,
            Stretch = d.Stretch ?? false,
            Input = change(d.Input ?? new InputValues()),
        };

    private static NetworkDescription WithOutput(NetworkDescription d, string text)
    {
        OutputKind kind = OutputKinds[CommonOptions.RequireOneOf(OutputKinds.Keys, text, OutputIs.Name)];

        // What is known of the values stays: whether a sigmoid is still to come.
        bool isProbability = d.OutputKind is OutputKind.Probabilities or OutputKind.MultiLabel;
        return d with
        {
            Output = kind == OutputKind.MultiLabel && !isProbability ? OutputKind.MultiLabelLogits : kind,
        };
    }

    private static InputValues ParseRange(InputValues input, string text)
    {
        string[] ends = text.Split("..");
        return ends.Length == 2 && TryParse(ends[0], out float black) && TryParse(ends[1], out float white)
            && black != white
            ? input with { Black = black, White = white }
            : throw new UsageException($"{InputRange.Name} {text}: give two numbers, for example 0..255 or -1..1.");
    }

    private static InputValues WithMean(InputValues input, string text)
    {
        IReadOnlyList<float> mean = ParseNumbers(text, Mean.Name, InputValues.ImageNetMean, input);
        return input with
        {
            Mean = mean,
            Std = text == ImageNet ? Multiply(InputValues.ImageNetStd, input) : input.Std,
        };
    }

    private static IReadOnlyList<float> ParseNumbers(
        string text, string option, IReadOnlyList<float> imageNet, InputValues input)
    {
        if (text == ImageNet)
        {
            return Multiply(imageNet, input);
        }

        List<float> numbers = [];
        foreach (string part in text.Split(',').Take(MaxChannels))
        {
            numbers.Add(TryParse(part, out float number)
                ? number
                : throw new UsageException(
                    $"{option} {text}: give a number, one for each channel with commas between, or {ImageNet}."));
        }

        return numbers;
    }

    // ImageNet's numbers are for white at 1.
    private static float[] Multiply(IReadOnlyList<float> numbers, InputValues input) =>
        [.. numbers.Select(number => number * input.White)];

    private static bool TryParse(string text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    private static float ParseWhite(float white) => white > 0 && float.IsFinite(white)
        ? white
        : throw new UsageException($"{White.Name} {white}: give a number above 0, for example 4095.");

    private static PictureSize? ParseSize(string text) =>
        text == OwnSize ? null : CommonOptions.Size(text, InputSize.Name);

    private static string Lower<T>(T value)
        where T : struct => value.ToString()!.ToLowerInvariant();

    /// <summary>
    /// An option, the setting that it is for, how that is written (null for what need not be), and what it changes.
    /// </summary>
    private sealed record Row(
        Option Option,
        string Setting,
        Func<NetworkDescription, string?> Shown,
        Func<ParseResult, NetworkDescription, NetworkDescription> Apply);
}
