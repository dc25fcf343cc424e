namespace UNetSharp.Tensors;

/// <summary>Shapes that do not fit together; the message names both and what to do.</summary>
public sealed class ShapeException(string message) : UNetSharpException(message);
