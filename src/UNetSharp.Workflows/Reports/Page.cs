using System.Globalization;
using System.Net;

namespace UNetSharp.Workflows;

/// <summary>
/// A page that is one file: style and pictures are in it, nothing is loaded and nothing runs. It follows the reader's
/// choice of light or dark, and prints on white.
/// </summary>
internal static class Page
{
    private const string Style = """
        :root { color-scheme: light; --ink: #1f2328; --soft: #656d76; --line: #d8dee4; --ground: #ffffff;
          --one: #0072b2; --two: #d55e00; --three: #009e73; --four: #b3559a }
        @media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; --ink: #e6edf3; --soft: #9198a1;
          --line: #3d444d; --ground: #0d1117; --one: #56b4e9; --two: #e69f00; --three: #2fcf9f; --four: #cc79a7 } }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
          color: var(--ink); background: var(--ground) }
        h1 { font-size: 1.5rem; margin: 0 0 .5rem } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
        .big { font-size: 1.25rem } .soft { color: var(--soft); font-size: .875rem }
        .wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums }
        td, th { padding: .2rem 1.25rem .2rem 0; text-align: right; border-bottom: 1px solid var(--line) }
        td:first-child, th:first-child { text-align: left; overflow-wrap: anywhere; min-width: 11rem }
        th { font-weight: 600; vertical-align: bottom }
        pre { padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap;
          overflow-wrap: anywhere } img, svg { max-width: 100%; height: auto }
        .charts, .gallery { display: grid; gap: 1rem 1.5rem;
          grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)) }
        figure { margin: 0; break-inside: avoid } figcaption { font-size: .875rem; overflow-wrap: anywhere }
        figure .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; align-items: start }
        .pair img { width: 100%; image-rendering: auto; display: block }
        .legend span { display: inline-block; margin-right: 1.25rem }
        .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; vertical-align: -.08rem;
          border: 1px solid var(--soft) }
        @media print { body { margin: 0; max-width: none; font-size: 10pt } h2, .legend { break-after: avoid }
          .charts, .gallery { grid-template-columns: 1fr 1fr }
          tr { break-inside: avoid } * { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
        """;

    /// <summary>The page.</summary>
    /// <param name="title">Title and heading, plain text.</param>
    /// <param name="body">What follows the heading, HTML.</param>
    public static string Compose(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{Encode(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <h1>{Encode(title)}</h1>
        {body}
        </body>
        </html>

        """;

    /// <summary>Plain text as HTML.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A number with so many digits behind the point.</summary>
    public static string FormatNumber(double? value, int digits = 3) =>
        value is { } number
            ? (Math.Round(number, digits) + 0.0).ToString($"f{digits}", CultureInfo.InvariantCulture) // −0 + 0 is 0
            : "–";

    /// <summary>A table of plain texts.</summary>
    public static string RenderTable(IEnumerable<string> head, IEnumerable<IEnumerable<string>> rows) => $"""
        <div class="wide"><table>
        <thead>{RenderRow("th", head)}</thead>
        <tbody>
        {string.Join('\n', rows.Select(row => RenderRow("td", row)))}
        </tbody>
        </table></div>
        """;

    /// <summary>A table of scores.</summary>
    public static string RenderTable(ScoreTable table) => RenderTable(table.Header, table.Rows);

    private static string RenderRow(string tag, IEnumerable<string> cells) =>
        $"<tr>{string.Concat(cells.Select(cell => $"<{tag}>{Encode(cell)}</{tag}>"))}</tr>";
}
