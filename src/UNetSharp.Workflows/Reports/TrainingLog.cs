using System.Globalization;

namespace UNetSharp.Workflows;

/// <summary>The log.csv of a run: figures of every epoch, by the names of its columns.</summary>
internal sealed class TrainingLog
{
    private readonly string[] _head;
    private readonly string[][] _rows;

    private TrainingLog(string[] head, string[][] rows) => (_head, _rows) = (head, rows);

    /// <summary>Reads a log.</summary>
    public static TrainingLog Read(string path)
    {
        string[][] lines = [.. File.ReadAllLines(path).Select(line => line.Split(','))];
        return new TrainingLog(lines[0], lines[1..]);
    }

    /// <summary>The columns whose names begin alike as lines, named by the rest.</summary>
    public Line[] Lines(string prefix) =>
    [
        .. from column in _head
           where column.StartsWith(prefix, StringComparison.Ordinal)
           select Line(column, column[prefix.Length..]),
    ];

    /// <summary>A column as a line of a chart; epochs without a value are left out.</summary>
    public Line Line(string column, string name)
    {
        int index = Array.IndexOf(_head, column);
        return new Line(
            name,
            [
                .. from row in _rows
                   where index >= 0 && index < row.Length && row[index].Length > 0
                   let epoch = int.Parse(row[0], CultureInfo.InvariantCulture)
                   select (epoch, double.Parse(row[index], CultureInfo.InvariantCulture)),
            ]);
    }
}
