namespace UNetSharp.Workflows;

/// <summary>Forms of a table of objects.</summary>
public enum ObjectTableFormat
{
    /// <summary>Comma-separated values.</summary>
    Csv,

    /// <summary>JSON.</summary>
    Json,
}

/// <summary>Forms of the outlines of objects.</summary>
public enum PolygonFormat
{
    /// <summary>A GeoJSON file for each picture.</summary>
    GeoJson,

    /// <summary>One COCO file for all pictures.</summary>
    Coco,
}

/// <summary>What is written of the objects in each mask; nothing, unless something is chosen.</summary>
/// <param name="Table">Form of NAME.objects.csv or .json: class, area, box, centre and more of each object; null for none.
/// </param>
/// <param name="Polygons">Form of the outlines; null for none.</param>
/// <param name="HasContours">Whether outlines are drawn over the picture, NAME.contours.png.</param>
/// <param name="MinArea">Pixels that an object has at least; smaller ones are left out of these files, not of masks.</param>
public sealed record ObjectSettings(
    ObjectTableFormat? Table = null, PolygonFormat? Polygons = null, bool HasContours = false, long MinArea = 1)
{
    /// <summary>Name of the COCO file of all pictures.</summary>
    public const string CocoName = "annotations.coco.json";

    /// <summary>Whether anything is written of objects.</summary>
    internal bool IsWanted => Table is not null || HasOutlines;

    /// <summary>Whether outlines of objects are needed.</summary>
    internal bool HasOutlines => Polygons is not null || HasContours;
}
