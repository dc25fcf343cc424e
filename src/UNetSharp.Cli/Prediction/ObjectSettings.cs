namespace UNetSharp.Cli.Prediction;

/// <summary>What prediction tells of the objects in each mask.</summary>
/// <param name="Table">Form of the tables, <see cref="Csv"/> or <see cref="Json"/>; null for none.</param>
/// <param name="Polygons">Form of the outlines, <see cref="GeoJson"/> or <see cref="Coco"/>; null for none.</param>
/// <param name="HasContours">Whether outlines are drawn over the picture.</param>
/// <param name="LeastArea">Pixels that an object has at least; smaller ones are left out.</param>
internal sealed record ObjectSettings(string? Table, string? Polygons, bool HasContours, long LeastArea)
{
    public const string Csv = "csv";
    public const string Json = "json";
    public const string GeoJson = "geojson";
    public const string Coco = "coco";

    /// <summary>Whether any of it is wanted.</summary>
    public bool IsWanted => Table is not null || HasOutlines;

    /// <summary>Whether outlines of objects are wanted.</summary>
    public bool HasOutlines => Polygons is not null || HasContours;
}
