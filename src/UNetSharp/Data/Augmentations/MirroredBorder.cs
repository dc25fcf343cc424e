namespace UNetSharp.Data.Augmentations;

/// <summary>Positions beyond the border, reflected at the outermost pixel: … 2 1 0 1 2 ….</summary>
internal static class MirroredBorder
{
    /// <summary>The pixel that stands for a whole position.</summary>
    public static int Reflect(int position, int size)
    {
        if (size == 1)
        {
            return 0;
        }

        int period = 2 * (size - 1);
        int within = ((position % period) + period) % period;
        return within < size ? within : period - within;
    }

    /// <summary>The place, 0 to <paramref name="last"/>, that stands for a position between pixels.</summary>
    public static double Reflect(double position, int last)
    {
        if (position >= 0 && position <= last)
        {
            return position;
        }

        if (last == 0)
        {
            return 0;
        }

        double within = Math.Abs(position) % (2.0 * last);
        return within <= last ? within : (2.0 * last) - within;
    }
}
