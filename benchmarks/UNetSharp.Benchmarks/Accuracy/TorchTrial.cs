using System.Text.Json;
using System.Text.Json.Nodes;
using UNetSharp.Data;
using UNetSharp.Data.Augmentations;
using UNetSharp.Imaging;
using UNetSharp.Interop;
using UNetSharp.Models;
using UNetSharp.Training;

namespace UNetSharp.Benchmarks.Accuracy;

/// <summary>
/// Trains and scores a fold with PyTorch, from the same starting weights, on the same batches, with the same learning
/// rates. The time is that of its steps alone: batches are made for it by ours.
/// </summary>
internal static class TorchTrial
{
    public static FoldResult Run(BenchmarkProcess torch, TrainingSettings settings, DataReport report, string folder)
    {
        SampleReader reader = new(ImageFile.Read, report.Classes!, settings.Model.Channels, size: null);
        Split split = Split.Create(report.Folder.Pairs, settings.Validation, settings.Seed);
        string file = Path.Combine(folder, "torch.safetensors");
        Write(file, StateDict.FromModule(ModelCatalog.Create(settings.Model, settings.Seed)));
        torch.Send(new JsonObject
        {
            ["do"] = "start",
            ["settings"] = JsonSerializer.Serialize(settings.Model),
            ["file"] = file,
        });
        double ms = 0;
        for (int epoch = 1; epoch <= settings.Epochs; epoch++)
        {
            JsonArray rates = WriteEpoch(file, split, reader, settings, epoch);
            ms += (double)torch.Send(new JsonObject { ["do"] = "learn", ["file"] = file, ["rates"] = rates })["ms"]!;
        }

        Sample[] samples = [.. split.Validation.Select(reader.Read)];
        return FoldResult.FromPredictions(Predict(torch, samples, file).Zip(samples), ms / 1000);
    }

    private static JsonArray WriteEpoch(
        string file, Split split, SampleReader reader, TrainingSettings settings, int epoch)
    {
        LoaderSettings how = new(
            settings.BatchSize, settings.Crop, AugmentationCatalog.Parse(settings.Augmentation), settings.Seed);
        using Loader loader = new(split.Training, reader, how, epoch);
        List<StoredTensor> tensors = [];
        JsonArray rates = [];
        foreach (Batch batch in loader.Batches())
        {
            int[] dims = [batch.Images.Shape.N, 1, batch.Images.Shape.H, batch.Images.Shape.W];
            tensors.Add(new StoredTensor($"images.{rates.Count}", dims, batch.Images.Data.ToArray()));
            tensors.Add(new StoredTensor($"masks.{rates.Count}", dims, batch.Masks.Data.ToArray()));
            long step = ((long)(epoch - 1) * loader.Count) + rates.Count;
            double factor = settings.Rate.Factor(step, loader.Count, settings.Epochs, plateaus: 0);
            rates.Add((double)settings.Optimizer.LearningRate!.Value * factor);
        }

        Write(file, tensors);
        return rates;
    }

    private static IEnumerable<float[]> Predict(BenchmarkProcess torch, Sample[] samples, string file)
    {
        Write(file, [.. samples.Select(sample =>
            new StoredTensor(sample.Name, [1, 1, sample.Size.Height, sample.Size.Width], sample.Image))]);
        torch.Send(new JsonObject { ["do"] = "predict", ["file"] = file, ["out"] = file });
        Dictionary<string, float[]> results =
            SafetensorsReader.Read(file).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values);
        return samples.Select(sample => results[sample.Name]);
    }

    private static void Write(string file, IReadOnlyList<StoredTensor> tensors) =>
        SafetensorsWriter.Write(file, tensors, new Dictionary<string, string>());
}
