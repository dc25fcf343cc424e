using UNetSharp.Data;
using UNetSharp.Tensors;

namespace UNetSharp.Inference.Tiling;

/// <summary>Probabilities of a tile: the mean over its turned and mirrored copies.</summary>
/// <param name="predictor">Runs the network.</param>
/// <param name="description">How the network reads images.</param>
/// <param name="copies">The copies.</param>
internal sealed class TilePredictor(Predictor predictor, NetworkDescription description, Symmetry[] copies)
{
    /// <summary>Predicts the middle of a tile.</summary>
    /// <param name="image">What is seen, (1, channels, H, W) in 0..1; it is overwritten.</param>
    /// <param name="outputSize">Height and width of the output.</param>
    /// <param name="probabilities">Takes (height, width, the predictor's channels).</param>
    public void Predict(Tensor image, PictureSize outputSize, Span<float> probabilities)
    {
        PictureSize size = new(image.Shape.H, image.Shape.W);
        description.ToNetwork(image.Data);
        if (copies is [var only] && only == default)
        {
            predictor.Predict(image.Data, size, outputSize, probabilities);
        }
        else
        {
            probabilities.Clear();
            foreach (Symmetry copy in copies)
            {
                float[] result = predictor.Predict(Transform(image, copy, size), copy.TransformSize(outputSize));
                copy.AddInverse(result, outputSize, predictor.Channels, 1f / copies.Length, probabilities);
            }
        }

        if (description.StretchesMaps)
        {
            InputNormalization.Stretch(probabilities, predictor.MapCount, predictor.Channels / predictor.MapCount);
        }
    }

    private static Tensor Transform(Tensor image, Symmetry copy, PictureSize size)
    {
        if (copy == default)
        {
            return image;
        }

        PictureSize turned = copy.TransformSize(size);
        Tensor result = new(Shape.Nchw(1, image.Shape.C, turned.Height, turned.Width));
        copy.Apply(image.Data, size, image.Shape.C, result.Data);
        return result;
    }
}
