using System.Globalization;
using System.Text;

namespace UNetSharp.Data.Layouts;

/// <summary>
/// Which mask belongs to which image, by their names: the same name; that and a word such as <c>_mask</c>; the same
/// without such words, letter case and endings of programs; without accents; at last, the same number at the beginning.
/// A rule pairs what no earlier one has, and only where there is no doubt.
/// </summary>
internal static class NameMatching
{
    private const char LastPlain = '\x7f';
    private const char Accented = '\xff';

    private static readonly string[] MaskSuffixes =
    [
        "_mask", "_masks", "_label", "_labels", "_seg", "_segmentation", "_gt", "_annotation", "_groundtruth",
        "_ground_truth", "_manual1", "-mask", "-label", "-seg", "-gt", ".mask", ".label", "_matte", "_l", "_p",
    ];

    // Cityscapes: what names end with beside the city, the sequence and the frame. The indices are the masks.
    private static readonly string[] Endings =
    [
        "_leftimg8bit", "_gtfine_labelids", "_gtcoarse_labelids", "_0000", ".ome", "_training", "_test", "_manual1",
    ];

    private static readonly Func<string, string>[] Rules =
    [
        name => name,
        WithoutSuffix,
        Canonical,
        Unaccented,
        Number,
    ];

    /// <summary>Pairs names; each of images and masks is in one pair at most.</summary>
    /// <param name="images">Names of images with their paths.</param>
    /// <param name="masks">Names of masks with their paths.</param>
    /// <exception cref="DataException">Two masks are one image's.</exception>
    public static IReadOnlyList<(string Image, string Mask)> Match(
        IReadOnlyList<string> images, IReadOnlyList<string> masks)
    {
        Dictionary<string, string> paired = [];
        HashSet<string> used = [];
        foreach (Func<string, string> rule in Rules)
        {
            ILookup<string, string> maskByKey = masks.Where(mask => !used.Contains(mask))
                .ToLookup(mask => rule(NameOf(mask)));
            bool isSame = rule == Rules[0];
            bool isSuffix = rule == Rules[1];
            foreach (IGrouping<string, string> same in images
                .Where(image => isSuffix || !paired.ContainsKey(image))
                .GroupBy(image => isSuffix ? NameOf(image) : rule(NameOf(image))))
            {
                string[] found = [.. maskByKey[same.Key]];
                if (found.Length == 0 || same.Key.Length == 0)
                {
                    continue;
                }

                string[] rivals = same.Count() > 1 ? [.. same] : found;
                string? first = isSuffix ? paired.GetValueOrDefault(same.First()) : null;
                if ((isSame || isSuffix) && (rivals.Length > 1 || first is not null))
                {
                    throw Ambiguous(rivals[^1], first ?? rivals[0]);
                }

                if (rivals.Length == 1)
                {
                    paired[same.First()] = found[0];
                    used.Add(found[0]);
                }
            }
        }

        return [.. images.Where(paired.ContainsKey).Select(image => (image, paired[image]))];
    }

    /// <summary>The name of a file that counts.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Whether a name is a mask's, by its end, and the name without.</summary>
    public static string? FindSuffix(string name) => MaskSuffixes
        .Where(suffix => suffix.Length > 2 && name.Length > suffix.Length
            && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        .Select(suffix => name[..^suffix.Length]).FirstOrDefault();

    private static string WithoutSuffix(string name) => MaskSuffixes
        .Where(suffix => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        .Select(suffix => name[..^suffix.Length]).FirstOrDefault("");

    private static string Canonical(string name)
    {
        string plain = name.ToLowerInvariant();
        foreach (string ending in Endings)
        {
            plain = plain.EndsWith(ending, StringComparison.Ordinal) ? plain[..^ending.Length] : plain;
        }

        return FolderRoles.Strip(plain);
    }

    /// <summary>
    /// The name without accents and the letters that bear them: macOS writes letter and accent (NFD), Linux and Windows
    /// one sign for both (NFC).
    /// </summary>
    private static string Unaccented(string name)
    {
        StringBuilder plain = new();
        foreach (char letter in Canonical(name))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.NonSpacingMark && plain.Length > 0)
            {
                plain.Length--;
            }
            else
            {
                plain.Append(letter <= LastPlain ? letter : Accented);
            }
        }

        return plain.ToString().Replace(Accented.ToString(), "", StringComparison.Ordinal);
    }

    /// <summary>The number with which a name begins, without zeros before it.</summary>
    private static string Number(string name)
    {
        string digits = new([.. Canonical(name).TakeWhile(char.IsAsciiDigit)]);
        return digits.Length is > 0 and <= 18
            ? long.Parse(digits, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : "";
    }

    private static DataException Ambiguous(string path, string other) => new(
        $"{path}: has the same name as {Path.GetFileName(other)}, so it "
            + "is not clear which one is meant. Remove or rename one of them.");
}
