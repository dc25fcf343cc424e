using System.Text.Json.Serialization;

namespace UNetSharp.Models;

/// <summary>
/// All that is needed to build a network of the family; saved beside its weights. Each network reads the options that
/// its <see cref="ModelEntry"/> names, the others stay as they are.
/// </summary>
/// <param name="Model">Name in <see cref="ModelCatalog"/>.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Classes">Channels of the result: 1 for one foreground class, K for K classes.</param>
public sealed record ModelSettings(string Model, int Channels, int Classes)
{
    private const int MaxChannels = 64;
    private const int MaxClasses = 256;
    private const int MaxBaseChannels = 512;
    private const int MaxLevelChannels = 4096;
    private const int MaxLevels = 10;

    /// <summary>Channels at the image's full size; they double with every step down.</summary>
    [JsonPropertyName("Width")]
    public int BaseChannels { get; init; } = 64;

    /// <summary>Channels of every level from the image's full size down, where they do not simply double.</summary>
    [JsonPropertyName("Widths")]
    public IReadOnlyList<int> LevelChannels { get; init; } = [];

    /// <summary>How feature maps are enlarged.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<UpSampling>))]
    public UpSampling Up { get; init; }

    /// <summary>How many channels the bottleneck and the blocks of the way up have.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<DecoderWidths>))]
    public DecoderWidths Decoder { get; init; }

    /// <summary>How skips meet what comes from below.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<SkipFusion>))]
    public SkipFusion Fusion { get; init; }

    /// <summary>What follows a convolution.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<Activation>))]
    public Activation Activation { get; init; }

    /// <summary>Slope of leaky rectifiers for negative values; 0 for plain ones.</summary>
    public float Slope { get; init; } = 0.1f;

    /// <summary>Whether convolutions that a batch norm follows have biases all the same.</summary>
    public bool Bias { get; init; }

    /// <summary>Whether transposed convolutions have biases.</summary>
    public bool UpBias { get; init; } = true;

    /// <summary>Whether training puts a loss on side outputs too.</summary>
    public bool DeepSupervision { get; init; } = true;

    /// <summary>Share of the values that training drops at the end of the way down; 0 for none.</summary>
    public float Dropout { get; init; }

    /// <summary>What is wrong with the settings; null if nothing is.</summary>
    public string? GetError()
    {
        if (!ModelCatalog.Names.Contains(Model))
        {
            return $"there is no model '{Model}'; there are {string.Join(", ", ModelCatalog.Names)}";
        }

        bool hasWidths = ModelCatalog.Entry(Model).Options.Contains(nameof(LevelChannels));
        return Channels is < 1 or > MaxChannels ? $"{Channels} channels: there may be 1 to {MaxChannels}"
            : Classes is < 1 or > MaxClasses ? $"{Classes} classes: there may be 1 to {MaxClasses}"
            : BaseChannels is < 1 or > MaxBaseChannels ? $"a width of {BaseChannels}: it may be 1 to {MaxBaseChannels}"
            : hasWidths
            && LevelChannels is null or { Count: < 1 or > MaxLevels } ? $"there may be 1 to {MaxLevels} widths"
            : hasWidths
            && LevelChannels.Any(width => width is < 1 or > MaxLevelChannels) ? $"widths may be 1 to {MaxLevelChannels}"
            : Dropout is not (>= 0 and < 1) ? $"a dropout of {Dropout}: it may be 0 to below 1"
            : Slope is not (>= 0 and < 1) ? $"a slope of {Slope}: it may be 0 to below 1"
            : !Enum.IsDefined(Up) || !Enum.IsDefined(Decoder) || !Enum.IsDefined(Fusion) || !Enum.IsDefined(Activation)
                ? "an unknown option"
            : null;
    }
}

/// <summary>How a network doubles the size of a feature map on its way up.</summary>
public enum UpSampling
{
    /// <summary>Bilinear interpolation with aligned corners.</summary>
    Bilinear,

    /// <summary>A 2x2 transposed convolution of stride 2.</summary>
    Transpose,
}

/// <summary>Channels of the bottleneck and of the way up, for which the padded U-Net has two definitions.</summary>
public enum DecoderWidths
{
    /// <summary>
    /// The first convolution of a block has half of the channels that come in. Transposed, the bottleneck has sixteen
    /// times the base, bilinear eight times.
    /// </summary>
    Wide,

    /// <summary>
    /// The first convolution of a block has the channels that go out, a quarter of those that come in but for the last
    /// block. The bottleneck has eight times the base.
    /// </summary>
    Narrow,
}

/// <summary>How a skip meets what comes from below.</summary>
public enum SkipFusion
{
    /// <summary>Side by side, as in the U-Net.</summary>
    Concat,

    /// <summary>As a sum, as in the FCN.</summary>
    Add,
}

/// <summary>What follows a convolution.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>Nothing: the network is linear but for its pooling.</summary>
    None,
}
