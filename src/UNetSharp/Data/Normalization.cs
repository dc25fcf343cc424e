namespace UNetSharp.Data;

/// <summary>How pictures are brought to the values that a network has learnt from.</summary>
public enum Normalization
{
    /// <summary>Values from 0 to 1: what our own training does.</summary>
    Unit,

    /// <summary>
    /// What the published saliency networks have learnt from (Qin et al. 2020, https://arxiv.org/abs/2005.09007): the
    /// image's maximum is 1, then every channel is centred and scaled by the statistics of ImageNet; the image becomes
    /// small by plain interpolation, without smoothing.
    /// </summary>
    Saliency,
}
