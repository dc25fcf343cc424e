namespace UNetSharp.Models;

/// <summary>What the values mean that a network gives for a pixel.</summary>
public enum OutputKind
{
    /// <summary>Scores without bounds: the sigmoid of one, or the softmax of several, is a probability.</summary>
    Logits,

    /// <summary>Probabilities of one foreground class, or of classes of which each pixel has one.</summary>
    Probabilities,

    /// <summary>The index of the class itself; in ONNX files alone.</summary>
    Labels,

    /// <summary>Scores of labels of which a pixel may have several: the sigmoid of each is its probability.</summary>
    MultiLabelLogits,

    /// <summary>Probabilities of labels of which a pixel may have several.</summary>
    MultiLabel,
}
