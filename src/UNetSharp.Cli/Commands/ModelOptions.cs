using System.CommandLine;
using System.Globalization;
using UNetSharp.Models;
using UNetSharp.Training;

namespace UNetSharp.Cli.Commands;

/// <summary>
/// The options that choose a network and its widths. What the chosen network does not know is refused.
/// </summary>
internal static class ModelOptions
{
    private static readonly Option<string?> Model = new("--model")
    {
        Description = $"Network: {string.Join(", ", ModelCatalog.Names)} [default: {UNet.Entry.Name}]",
    };

    private static readonly Option<int?> Base =
        new("--base") { Description = "Channels at full size; a quarter of them is four times faster and more" };

    private static readonly Option<string?> Widths =
        new("--widths") { Description = "For unet-features: channels of every level, for example 64,128,256,512" };

    /// <summary>What follows convolutions.</summary>
    public static readonly Option<Activation?> Activation =
        new("--activation") { Description = "For unet-classic: relu or none" };

    /// <summary>The slope of leaky rectifiers.</summary>
    public static readonly Option<float?> Slope =
        new("--slope") { Description = "For unet-leaky: slope of rectifiers for negative values; 0 for plain ones" };

    private static readonly Option<UpSampling?> Up = new("--up") { Description = "For unet: bilinear or transpose" };

    private static readonly Option<DecoderWidths?> Decoder = new("--decoder")
    {
        Description = "For unet: wide, or narrow: convolutions with biases, fewer channels on the way up",
    };

    private static readonly Option<SkipFusion?> Fusion = new("--fusion") { Description = "For unet: concat or add" };

    private static readonly Option<bool?> Bias =
        new("--bias") { Description = "Whether convolutions before a batch norm have biases" };

    private static readonly Option<float?> Dropout =
        new("--dropout")
        {
            Description = "For unet-classic: share of values that training drops at the end of the way down",
        };

    /// <summary>Makes the options known to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (Option option in Settings().Select(pair => pair.Option).Prepend(Model))
        {
            command.Add(option);
        }
    }

    /// <summary>The name of the chosen network, if one is chosen.</summary>
    public static string? Name(ParseResult parsed) => OneOfCatalog(parsed.GetValue(Model));

    /// <summary>A network's name, if one is given and there is such a network.</summary>
    public static string? OneOfCatalog(string? name) =>
        name is null ? null : CommonOptions.RequireOneOf(ModelCatalog.Names, name, Model.Name);

    /// <summary>The chosen network; the recipe's if none is.</summary>
    public static ModelEntry Entry(ParseResult parsed, TrainingRecipe? recipe = null) =>
        ModelCatalog.Entry(Name(parsed) ?? (recipe ?? TrainingRecipe.Default).Model);

    /// <summary>The chosen network with its options.</summary>
    public static ModelSettings Read(ParseResult parsed, int channels, int classes, TrainingRecipe? recipe = null)
    {
        ModelEntry entry = Entry(parsed, recipe);
        bool canDrop = entry.Options.Contains(nameof(ModelSettings.Dropout));
        foreach ((Option option, string setting) in Settings())
        {
            if (parsed.GetResult(option) is { Implicit: false } && !entry.Options.Contains(setting))
            {
                throw new UsageException($"{option.Name}: {entry.Name} has no such option"
                    + (entry.Options.Count > 0 ? $"; it has {Names(entry)}." : ", its widths are fixed."));
            }
        }

        DecoderWidths usual = recipe?.Model == entry.Name ? recipe.Decoder : entry.Default.Decoder;
        DecoderWidths decoder = parsed.GetValue(Decoder) ?? usual;
        ModelSettings settings = entry.Default with
        {
            Channels = channels,
            Classes = classes,
            BaseChannels = parsed.GetValue(Base) is { } width
                ? CommonOptions.AtLeast(1, width, "--base")
                : entry.Default.BaseChannels,
            LevelChannels = parsed.GetValue(Widths) is { } widths ? Numbers(widths) : entry.Default.LevelChannels,
            Up = parsed.GetValue(Up) ?? entry.Default.Up,
            Decoder = decoder,
            Fusion = parsed.GetValue(Fusion) ?? entry.Default.Fusion,
            Bias = parsed.GetValue(Bias) ?? (entry.Default.Bias || UNet.UsualBias(decoder)),
            Activation = parsed.GetValue(Activation) ?? entry.Default.Activation,
            Slope = parsed.GetValue(Slope) ?? entry.Default.Slope,
            Dropout =
                parsed.GetValue(Dropout) ?? (canDrop && recipe is not null ? recipe.Dropout : entry.Default.Dropout),
        };
        return settings.GetError() is { } problem ? throw new UsageException($"{entry.Name}: {problem}.") : settings;
    }

    private static (Option Option, string Setting)[] Settings() =>
    [
        (Base, nameof(ModelSettings.BaseChannels)),
        (Widths, nameof(ModelSettings.LevelChannels)),
        (Up, nameof(ModelSettings.Up)),
        (Decoder, nameof(ModelSettings.Decoder)),
        (Fusion, nameof(ModelSettings.Fusion)),
        (Bias, nameof(ModelSettings.Bias)),
        (Activation, nameof(ModelSettings.Activation)),
        (Slope, nameof(ModelSettings.Slope)),
        (Dropout, nameof(ModelSettings.Dropout)),
    ];

    private static string Names(ModelEntry entry) => string.Join(
        ", ", Settings().Where(pair => entry.Options.Contains(pair.Setting)).Select(pair => pair.Option.Name));

    private static int[] Numbers(string list)
    {
        try
        {
            return
            [
                .. list.Split(',').Select(text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)),
            ];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new UsageException(
                $"--widths {list}: give numbers with commas between them, for example 64,128,256,512.");
        }
    }
}
