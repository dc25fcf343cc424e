using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Inference.Explanation;

namespace UNetSharp.Cli.Commands;

/// <summary>Draws what in a picture a network's result rests on.</summary>
internal static class ExplainCommand
{
    private const string GradCamView = "gradcam";
    private const string OcclusionView = "occlusion";
    private const string FieldView = "receptive-field";
    private const string PixelRegion = "pixel";
    private const string ComponentRegion = "component";

    // Patches of a 16th of the picture's shorter side hide a nucleus, not a tissue; half a patch is a fine enough step.
    private const int PatchesPerSide = 16;
    private const int LeastPatch = 4;

    private static readonly Option<string> Weights = CommonOptions.Weights();

    private static readonly Option<string> Input = new("--input") { Description = "The picture", Required = true };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "The drawing, a PNG file: the picture, the heat map over it, a colour bar",
        Required = true,
    };

    private static readonly Option<string?> Map =
        new("--map") { Description = "Also write the bare map, a 16-bit PNG of the picture's size" };

    private static readonly Option<string> View = new("--view")
    {
        Description = $"{GradCamView}: what a layer takes for the class; {OcclusionView}: what is missed when hidden; "
            + $"{FieldView}: which pixels reach the one at --at",
        DefaultValueFactory = _ => GradCamView,
    };

    private static readonly Option<int> Class =
        new("--class") { Description = "The class to explain; 0 is the background", DefaultValueFactory = _ => 1 };

    private static readonly Option<string?> Layer = new("--layer")
    {
        Description = "Layer as summary names it, or part of the network; by default the last part before the classes",
    };

    private static readonly Option<string?> At =
        new("--at") { Description = "Explain the result at pixel x,y, counted from the upper left from 0" };

    private static readonly Option<string?> RegionOption = new("--region")
    {
        Description = $"With --at: {PixelRegion}, or {ComponentRegion} for the whole object there; or a file, a mask "
            + "of what to explain. Without both: the whole picture",
    };

    private static readonly Option<int?> Patch =
        new("--patch") { Description = "Side of the patch that hides, in pixels; a 16th of the picture by default" };

    private static readonly Option<int?> Stride =
        new("--stride") { Description = "Pixels that the patch moves by; half its side by default" };

    private static readonly Option<int> Threads = CommonOptions.Threads();

    public static Command Build()
    {
        Command command = new("explain", "Draw what in a picture a network's result rests on.")
        {
            Weights, Input, Out, Map, View, Class, Layer, At, RegionOption, Patch, Stride, Threads,
        };
        WeightsOptions.AddTo(command);
        command.SetAction(parsed => Guard.Run(() => Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        string[] views = [GradCamView, OcclusionView, FieldView];
        string view = CommonOptions.OneOf(views, parsed.GetRequiredValue(View), "--view");
        int threads = CommonOptions.AtLeast(1, parsed.GetValue(Threads), "--threads");
        string input = parsed.GetRequiredValue(Input);
        RequireFitting(parsed, view);
        RefuseOverwriting([input, parsed.GetRequiredValue(Out), parsed.GetValue(Map)]);
        (int X, int Y)? at = parsed.GetValue(At) is { } text ? PixelOf(text) : null;
        TrainedNetwork trained = WeightsOptions.Load(parsed, parsed.GetRequiredValue(Weights));
        int k = ClassOf(parsed, trained);
        Picture picture = ImageFile.Read(input);
        if (at is { } pixel && (pixel.X >= picture.Width || pixel.Y >= picture.Height))
        {
            throw new UsageException(
                $"--at {pixel.X},{pixel.Y}: {input} has {picture.Width}x{picture.Height} pixels, counted from 0.");
        }

        Region region = RegionOf(parsed, trained, picture, k, at, threads);
        Finding found = view switch
        {
            GradCamView => GradCamOf(parsed, trained, picture, region, k, threads),
            OcclusionView => OcclusionOf(parsed, trained, picture, region, k, threads),
            _ => FieldOf(trained, picture, at!.Value, k, threads),
        };
        (byte[] pixels, PictureSize size) = HeatSheet.Draw(picture, found.Shown, region, found.Frame, found.Captions);
        ImageFile.WriteColor(parsed.GetRequiredValue(Out), pixels, size.Width, size.Height);
        if (parsed.GetValue(Map) is { } path)
        {
            ushort[] values = Array.ConvertAll(found.Map.Values, value => (ushort)MathF.Round(value * ushort.MaxValue));
            ImageFile.WriteGrey16(path, values, picture.Width, picture.Height);
        }

        Console.WriteLine($"{found.Captions.Title}; {parsed.GetRequiredValue(Out)}");
        return ExitCode.Done;
    }

    /// <summary>Refuses options that the chosen view would pass over.</summary>
    private static void RequireFitting(ParseResult parsed, string view)
    {
        string? region = parsed.GetValue(RegionOption);
        string? problem = view switch
        {
            FieldView when parsed.GetValue(At) is null => $"--view {FieldView}: name the pixel with --at x,y.",
            FieldView when region is not (null or PixelRegion) =>
                $"--region {region}: --view {FieldView} is of one pixel.",
            not GradCamView when parsed.GetValue(Layer) is not null => $"--layer: --view {view} is of no single layer.",
            not OcclusionView when parsed.GetValue(Patch) is not null =>
                $"--patch: only --view {OcclusionView} has one.",
            not OcclusionView when parsed.GetValue(Stride) is not null =>
                $"--stride: only --view {OcclusionView} has one.",
            _ when region is PixelRegion or ComponentRegion && parsed.GetValue(At) is null =>
                $"--region {region}: name a pixel with --at x,y.",
            _ when region is not (null or PixelRegion or ComponentRegion) && parsed.GetValue(At) is not null =>
                $"--region {region}: a mask needs no --at; leave out one of them.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new UsageException(problem);
        }
    }

    private static void RefuseOverwriting(string?[] files)
    {
        string[] paths = [.. files.OfType<string>().Select(Path.GetFullPath)];
        if (paths.Distinct().Count() < paths.Length)
        {
            throw new UsageException("--input, --out and --map name the same file; give each its own.");
        }
    }

    private static (int X, int Y) PixelOf(string text) =>
        text.Split(',') is [var left, var right]
        && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out int x)
        && int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out int y)
            ? (x, y)
            : throw new UsageException($"--at {text}: give column and row of a pixel, for example --at 120,45.");

    private static int ClassOf(ParseResult parsed, TrainedNetwork trained)
    {
        int k = parsed.GetValue(Class);
        MaskClasses masks = trained.Description.Masks;
        IEnumerable<string> known = Enumerable.Range(0, masks.ClassCount).Select(i => $"{i} ({masks.NameOf(i)})");
        return k >= 0 && k < masks.ClassCount
            ? k
            : throw new UsageException($"--class {k}: the network knows {string.Join(", ", known)}.");
    }

    private static Region RegionOf(
        ParseResult parsed, TrainedNetwork trained, Picture picture, int k, (int X, int Y)? at, int threads)
    {
        PictureSize size = new(picture.Height, picture.Width);
        switch (parsed.GetValue(RegionOption), at)
        {
            case (ComponentRegion, { } inside):
                using (Segmenter segmenter = new(trained, threads))
                {
                    return Region.Component(segmenter.Segment(picture).Classes(), size, k, inside.X, inside.Y);
                }

            case (_, { } pixel): return Region.Pixel(size, pixel.X, pixel.Y);
            case ({ } path, null): return MarkedIn(path, size);
            default: return Region.Whole(size);
        }
    }

    private static Region MarkedIn(string path, PictureSize size)
    {
        Picture mask = ImageFile.Read(path);
        PictureSize own = new(mask.Height, mask.Width);
        if (own != size)
        {
            throw new DataException($"{path}: the mask has {own} pixels but the picture {size}; they must be alike.");
        }

        try
        {
            return Region.Marked(mask);
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}", e);
        }
    }

    private static Finding GradCamOf(
        ParseResult parsed, TrainedNetwork trained, Picture picture, Region region, int k, int threads)
    {
        GradCam found;
        try
        {
            found = GradCam.Of(trained, picture, region, k, parsed.GetValue(Layer), threads);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--layer {parsed.GetValue(Layer)}: {e.Message}");
        }

        string name = trained.Description.Masks.NameOf(k);
        return new Finding(found.Map, found.Map, Frame: null, new HeatCaptions(
            $"What speaks for {name}{Where(parsed)}: Grad-CAM at layer {found.Layer}, a map of {found.LayerSize}",
            Marked(parsed),
            $"does not speak for {name}",
            found.Map.Peak > 0 ? "speaks most for it" : "speaks for it (nothing does)"));
    }

    private static Finding OcclusionOf(
        ParseResult parsed, TrainedNetwork trained, Picture picture, Region region, int k, int threads)
    {
        int usual = Math.Max(LeastPatch, Math.Min(picture.Height, picture.Width) / PatchesPerSide);
        int patch = CommonOptions.AtLeast(1, parsed.GetValue(Patch) ?? usual, "--patch");
        int stride = CommonOptions.AtLeast(1, parsed.GetValue(Stride) ?? Math.Max(1, patch / 2), "--stride");
        if (stride > patch)
        {
            throw new UsageException(
                $"--stride {stride}: a patch of {patch} pixels would leave gaps; give at most its side.");
        }

        Occlusion found = ProgressBar.Run(bar => Occlusion.Of(
            trained, picture, region, k, patch, stride, threads,
            (done, all) => bar.Update((double)done / all, $"{done} of {all} places hidden")));
        string name = trained.Description.Masks.NameOf(k);
        return new Finding(found.Map, found.Map, Frame: null, new HeatCaptions(
            $"What {name}{Where(parsed)} loses when a grey patch of {patch}x{patch} pixels hides a place",
            Marked(parsed),
            "nothing",
            string.Create(
                CultureInfo.InvariantCulture, $"mean logit falls by {found.Map.Peak:g3}, from {found.Mean:g3}")));
    }

    private static Finding FieldOf(
        TrainedNetwork trained, Picture picture, (int X, int Y) at, int k, int threads)
    {
        EffectiveField found = EffectiveField.Of(trained, picture, at.X, at.Y, k, threads);
        string name = trained.Description.Masks.NameOf(k);
        int side = Math.Max(picture.Height, picture.Width);
        bool isFramed = found.Reach < 2 * side;
        string reach = found.Reach is null ? ""
            : isFramed ? string.Create(
                CultureInfo.InvariantCulture, $"; beyond {found.Reach:0}x{found.Reach:0} nothing can matter")
            : "; all of the picture can matter";
        HeatMap rooted = found.Map with { Values = Array.ConvertAll(found.Map.Values, MathF.Sqrt) };
        return new Finding(found.Map, rooted, found.Reach, new HeatCaptions(
            $"What decides about {name} at {at.X},{at.Y}: 95 % of all effect comes from {found.Core}x{found.Core} "
                + $"pixels around{reach}",
            isFramed ? "small frame: the pixel; large frame: all that can matter" : "framed: the pixel",
            "no effect",
            "most effect (colours by the square root)"));
    }

    private static string Where(ParseResult parsed) => (parsed.GetValue(RegionOption), parsed.GetValue(At)) switch
    {
        (ComponentRegion, { } at) => $" in the object at {at}",
        (_, { } at) => $" at {at}",
        (null, null) => "",
        _ => " in the marked region",
    };

    private static string? Marked(ParseResult parsed) =>
        parsed.GetValue(At) is null && parsed.GetValue(RegionOption) is null ? null : "in blue: what is explained";

    /// <summary>What a view has found.</summary>
    /// <param name="Map">The map.</param>
    /// <param name="Shown">The map as it is drawn.</param>
    /// <param name="Frame">Side of a frame around the region, in pixels; null for none.</param>
    /// <param name="Captions">What it says.</param>
    private sealed record Finding(HeatMap Map, HeatMap Shown, double? Frame, HeatCaptions Captions);
}
