using System.Text.Json.Serialization;

namespace UNetSharp.Models;

/// <summary>All that is needed to build a network of the family; saved beside its weights.</summary>
/// <param name="Model">Name in <see cref="ModelCatalog"/>.</param>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Classes">Channels of the result: 1 for one foreground class, K for K classes.</param>
/// <param name="Width">Channels at the image's full size.</param>
/// <param name="Up">How feature maps are enlarged.</param>
public sealed record ModelSettings(
    string Model,
    int Channels,
    int Classes,
    int Width,
    [property: JsonConverter(typeof(JsonStringEnumConverter<UpSampling>))] UpSampling Up);
