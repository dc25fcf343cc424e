using System.CommandLine;
using System.Globalization;
using UNetSharp.Data;
using UNetSharp.Imaging;
using UNetSharp.Inference;
using UNetSharp.Inference.Explanation;
using static UNetSharp.Cli.Commands.ExplainChoices;

namespace UNetSharp.Cli.Commands;

/// <summary>Draws what in a picture a network's result rests on.</summary>
internal static class ExplainCommand
{
    private const string GradCamView = "gradcam";
    private const string OcclusionView = "occlusion";
    private const string FieldView = "receptive-field";
    private const string PixelRegion = "pixel";

    // Patches of a 16th of the picture's shorter side hide a nucleus, not a tissue; half a patch is a fine enough step.
    private const int PatchesPerSide = 16;
    private const int MinPatch = 4;

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
        command.SetAction(parsed => ErrorBoundary.Invoke(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        ExplainChoices choices = Read(parsed);
        TrainedNetwork trained = WeightsOptions.Load(parsed, parsed.GetRequiredValue(Weights));
        RequireClass(choices.Class, trained.Description.Masks);
        PictureReader read = ImageFile.ReaderFor(trained.Description.Model.Channels);
        Picture picture = PictureNotes.Print(read(choices.Input, 0), choices.Input, trained.Description.Brightness);
        if (choices.At is { } pixel && (pixel.X >= picture.Width || pixel.Y >= picture.Height))
        {
            throw new UsageException($"--at {pixel.X},{pixel.Y}: {choices.Input} has "
                + $"{picture.Width}x{picture.Height} pixels, counted from 0.");
        }

        Region region = ReadRegion(choices, trained, picture);
        Explanation found = choices.View switch
        {
            GradCamView => ComputeGradCam(choices, trained, picture, region),
            OcclusionView => ComputeOcclusion(choices, trained, picture, region),
            _ => ComputeReceptiveField(choices, trained, picture),
        };
        (byte[] pixels, PictureSize size) = HeatSheet.Draw(picture, found.Shown, region, found.Frame, found.Captions);
        ImageFile.WriteColor(choices.Out, pixels, size.Width, size.Height);
        if (choices.Map is { } path)
        {
            ushort[] values = Array.ConvertAll(found.Map.Values, value => (ushort)MathF.Round(value * ushort.MaxValue));
            ImageFile.WriteGrey16(path, values, picture.Width, picture.Height);
        }

        Console.WriteLine($"{found.Captions.Title}; {choices.Out}");
        return ExitCode.Done;
    }

    /// <summary>Reads the options, and refuses those that the chosen view would pass over.</summary>
    private static ExplainChoices Read(ParseResult parsed)
    {
        string[] views = [GradCamView, OcclusionView, FieldView];
        ExplainChoices choices = new(
            CommonOptions.RequireOneOf(views, parsed.GetRequiredValue(View), "--view"),
            parsed.GetRequiredValue(Input),
            parsed.GetRequiredValue(Out),
            parsed.GetValue(Map),
            parsed.GetValue(Class),
            parsed.GetValue(Layer),
            parsed.GetValue(At) is { } at ? ParsePixel(at) : null,
            parsed.GetValue(RegionOption),
            parsed.GetValue(Patch),
            parsed.GetValue(Stride),
            CommonOptions.ReadThreads(parsed, Threads));
        string? problem = FindProblem(choices);
        if (problem is not null)
        {
            throw new UsageException(problem);
        }

        RejectOverwriting([choices.Input, choices.Out, choices.Map]);
        return choices;
    }

    private static string? FindProblem(ExplainChoices choices) => choices.View switch
    {
        FieldView when choices.At is null => $"--view {FieldView}: name the pixel with --at x,y.",
        FieldView when choices.Region is not (null or PixelRegion) =>
            $"--region {choices.Region}: --view {FieldView} is of one pixel.",
        not GradCamView when choices.Layer is not null => $"--layer: --view {choices.View} is of no single layer.",
        not OcclusionView when choices.Patch is not null => $"--patch: only --view {OcclusionView} has one.",
        not OcclusionView when choices.Stride is not null => $"--stride: only --view {OcclusionView} has one.",
        _ when choices.Region is PixelRegion or ComponentRegion && choices.At is null =>
            $"--region {choices.Region}: name a pixel with --at x,y.",
        _ when choices.Region is not (null or PixelRegion or ComponentRegion) && choices.At is not null =>
            $"--region {choices.Region}: a mask needs no --at; leave out one of them.",
        _ => null,
    };

    private static void RejectOverwriting(string?[] files)
    {
        string[] paths = [.. files.OfType<string>().Select(Path.GetFullPath)];
        if (paths.Distinct().Count() < paths.Length)
        {
            throw new UsageException("--input, --out and --map name the same file; give each its own.");
        }
    }

    private static (int X, int Y) ParsePixel(string text) =>
        text.Split(',') is [var left, var right]
        && int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out int x)
        && int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out int y)
            ? (x, y)
            : throw new UsageException($"--at {text}: give column and row of a pixel, for example --at 120,45.");

    private static void RequireClass(int k, MaskClasses masks)
    {
        if (k < 0 || k >= masks.ClassCount)
        {
            IEnumerable<string> known = Enumerable.Range(0, masks.ClassCount).Select(i => $"{i} ({masks.GetName(i)})");
            throw new UsageException($"--class {k}: the network knows {string.Join(", ", known)}.");
        }
    }

    private static Region ReadRegion(ExplainChoices choices, TrainedNetwork trained, Picture picture)
    {
        PictureSize size = new(picture.Height, picture.Width);
        switch (choices.Region, choices.At)
        {
            case (ComponentRegion, { } inside):
                using (Segmenter segmenter = new(trained, choices.Threads))
                {
                    byte[] classes = segmenter.Segment(picture).ComputeClasses();
                    return Region.FromComponent(classes, size, choices.Class, inside.X, inside.Y);
                }

            case (_, { } pixel): return Region.FromPixel(size, pixel.X, pixel.Y);
            case ({ } path, null): return ReadMaskRegion(path, size);
            default: return Region.All(size);
        }
    }

    private static Region ReadMaskRegion(string path, PictureSize size)
    {
        Picture mask = ImageFile.Read(path);
        PictureSize own = new(mask.Height, mask.Width);
        if (own != size)
        {
            throw new DataException($"{path}: the mask has {own} pixels but the picture {size}; they must be alike.");
        }

        try
        {
            return Region.FromMask(mask);
        }
        catch (DataException e)
        {
            throw new DataException($"{path}: {e.Message}", e);
        }
    }

    private static Explanation ComputeGradCam(
        ExplainChoices choices, TrainedNetwork trained, Picture picture, Region region)
    {
        GradCam found;
        try
        {
            found = GradCam.Compute(trained, picture, region, choices.Class, choices.Layer, choices.Threads);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--layer {choices.Layer}: {e.Message}");
        }

        string name = trained.Description.Masks.GetName(choices.Class);
        return new Explanation(found.Map, found.Map, Frame: null, new HeatCaptions(
            $"What speaks for {name}{choices.Where}: Grad-CAM at layer {found.Layer}, a map of {found.LayerSize}",
            choices.Marked,
            $"does not speak for {name}",
            found.Map.Peak > 0 ? "speaks most for it" : "speaks for it (nothing does)"));
    }

    private static Explanation ComputeOcclusion(
        ExplainChoices choices, TrainedNetwork trained, Picture picture, Region region)
    {
        int usual = Math.Max(MinPatch, Math.Min(picture.Height, picture.Width) / PatchesPerSide);
        int patch = CommonOptions.AtLeast(1, choices.Patch ?? usual, "--patch");
        int stride = CommonOptions.AtLeast(1, choices.Stride ?? Math.Max(1, patch / 2), "--stride");
        if (stride > patch)
        {
            throw new UsageException(
                $"--stride {stride}: a patch of {patch} pixels would leave gaps; give at most its side.");
        }

        Occlusion found = ProgressBar.Run(bar => Occlusion.Compute(
            trained, picture, region, choices.Class, patch, stride, choices.Threads,
            (done, all) => bar.Update((double)done / all, $"{done} of {all} places hidden")));
        string name = trained.Description.Masks.GetName(choices.Class);
        return new Explanation(found.Map, found.Map, Frame: null, new HeatCaptions(
            $"What {name}{choices.Where} loses when a grey patch of {patch}x{patch} pixels hides a place",
            choices.Marked,
            "nothing",
            string.Create(
                CultureInfo.InvariantCulture, $"mean logit falls by {found.Map.Peak:g3}, from {found.MeanLogit:g3}")));
    }

    private static Explanation ComputeReceptiveField(ExplainChoices choices, TrainedNetwork trained, Picture picture)
    {
        (int x, int y) = choices.At!.Value;
        EffectiveReceptiveField found =
            EffectiveReceptiveField.Compute(trained, picture, x, y, choices.Class, choices.Threads);
        string name = trained.Description.Masks.GetName(choices.Class);
        int side = Math.Max(picture.Height, picture.Width);
        bool isFramed = found.TheoreticalSize < 2 * side;
        string reach = found.TheoreticalSize is null ? ""
            : isFramed ? string.Create(
                CultureInfo.InvariantCulture,
                $"; beyond {found.TheoreticalSize:0}x{found.TheoreticalSize:0} nothing can matter")
            : "; all of the picture can matter";
        HeatMap rooted = found.Map with { Values = Array.ConvertAll(found.Map.Values, MathF.Sqrt) };
        return new Explanation(found.Map, rooted, found.TheoreticalSize, new HeatCaptions(
            $"What decides about {name} at {x},{y}: 95 % of all effect comes from {found.CoreSize}x{found.CoreSize} "
                + $"pixels around{reach}",
            isFramed ? "small frame: the pixel; large frame: all that can matter" : "framed: the pixel",
            "no effect",
            "most effect (colours by the square root)"));
    }

    /// <summary>What a view has found.</summary>
    /// <param name="Map">The map.</param>
    /// <param name="Shown">The map as it is drawn.</param>
    /// <param name="Frame">Side of a frame around the region, in pixels; null for none.</param>
    /// <param name="Captions">What it says.</param>
    private sealed record Explanation(HeatMap Map, HeatMap Shown, double? Frame, HeatCaptions Captions);
}
