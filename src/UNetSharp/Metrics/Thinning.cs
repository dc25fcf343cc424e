using UNetSharp.Data;

namespace UNetSharp.Metrics;

/// <summary>
/// Thins a mask to lines one pixel wide (Guo and Hall 1989, https://doi.org/10.1145/62065.62074, algorithm A1). With
/// the neighbours of a pixel
/// <code>
/// P9 P2 P3
/// P8 ·  P4
/// P7 P6 P5
/// </code>
/// it is taken away where
/// <code>
/// ¬P2∧(P3∨P4) + ¬P4∧(P5∨P6) + ¬P6∧(P7∨P8) + ¬P8∧(P9∨P2) = 1                it connects nothing
/// 2 ≤ min((P9∨P2) + (P3∨P4) + (P5∨P6) + (P7∨P8), (P2∨P3) + (P4∨P5) + (P6∨P7) + (P8∨P9)) ≤ 3    it is no end
/// (P2∨P3∨¬P5)∧P4 = 0 in odd passes, (P6∨P7∨¬P9)∧P8 = 0 in even passes
/// </code>
/// What is 8-connected stays so, and 4-connected holes stay apart. Zhang and Suen's rules (1984) are simpler but make
/// diagonal lines two pixels wide vanish, and with them the walls between cells.
/// </summary>
public static class Thinning
{
    /// <summary>Thins a mask.</summary>
    /// <param name="mask">Height × width pixels, row by row; what is not 0 is thinned.</param>
    /// <param name="size">Height and width.</param>
    /// <param name="outside">What lies around the picture. With 0 lines grow shorter at its edge by half their width;
    /// with 1 they stay connected with it, so that walls that end there leave no gap.</param>
    /// <returns>The mask of the lines, 1 or 0.</returns>
    /// <exception cref="ArgumentException">The mask is not of that size.</exception>
    public static byte[] Thin(ReadOnlySpan<byte> mask, PictureSize size, byte outside = 0)
    {
        PixelCountCheck.RequireSize(size, mask.Length, "mask");
        Frame frame = new(mask, size, outside);

        // A pixel is looked at again by one of the two rules only if something beside it has gone since that rule saw
        // it, in the last pass or the one before. So the time is linear in the number of pixels, however thick they
        // lie.
        List<int> all = frame.Foreground();
        List<int> beforeLast = frame.DeletePixels(all, rule: 0);
        List<int> last = frame.DeletePixels(all, rule: 1);
        for (int rule = 0; beforeLast.Count + last.Count > 0; rule = 1 - rule)
        {
            (beforeLast, last) = (last, frame.DeletePixels(frame.GetAffectedPixels(beforeLast, last), rule));
        }

        return frame.Inside();
    }

    /// <summary>The mask with a frame of one pixel around it.</summary>
    private sealed class Frame
    {
        private const byte Leaving = 2;

        private readonly PictureSize _size;
        private readonly int _stride;
        private readonly byte[] _pixels;
        private readonly int[] _neighbours;

        public Frame(ReadOnlySpan<byte> mask, PictureSize size, byte outside)
        {
            (_size, _stride) = (size, size.Width + 2);
            _pixels = new byte[checked(_stride * (size.Height + 2))];
            _pixels.AsSpan().Fill((byte)(outside == 0 ? 0 : 1));
            for (int row = 0; row < size.Height; row++)
            {
                for (int column = 0; column < size.Width; column++)
                {
                    byte value = mask[(row * size.Width) + column];
                    _pixels[At(row, column)] = (byte)(value == 0 ? 0 : 1);
                }
            }

            _neighbours =
                [-_stride, -_stride + 1, 1, _stride + 1, _stride, _stride - 1, -1, -_stride - 1];
        }

        public List<int> Foreground()
        {
            List<int> pixels = [];
            for (int row = 0; row < _size.Height; row++)
            {
                for (int column = 0; column < _size.Width; column++)
                {
                    if (_pixels[At(row, column)] != 0)
                    {
                        pixels.Add(At(row, column));
                    }
                }
            }

            return pixels;
        }

        /// <summary>Takes away, at the same time, all candidates that a rule lets go; returns them.</summary>
        public List<int> DeletePixels(List<int> candidates, int rule)
        {
            List<int> deleted = [];
            foreach (int pixel in candidates)
            {
                if (_pixels[pixel] == 1 && IsDeletable(pixel, rule))
                {
                    _pixels[pixel] = Leaving;
                    deleted.Add(pixel);
                }
            }

            foreach (int pixel in deleted)
            {
                _pixels[pixel] = 0;
            }

            return deleted;
        }

        /// <summary>Pixels of the mask beside those that have gone; some more than once.</summary>
        public List<int> GetAffectedPixels(List<int> beforeLast, List<int> last)
        {
            List<int> beside = [];
            foreach (int pixel in beforeLast.Concat(last))
            {
                foreach (int step in _neighbours)
                {
                    if (_pixels[pixel + step] != 0 && IsInside(pixel + step))
                    {
                        beside.Add(pixel + step);
                    }
                }
            }

            return beside;
        }

        public byte[] Inside()
        {
            byte[] inside = new byte[_size.Height * _size.Width];
            for (int row = 0; row < _size.Height; row++)
            {
                _pixels.AsSpan(At(row, 0), _size.Width).CopyTo(inside.AsSpan(row * _size.Width));
            }

            return inside;
        }

        private int At(int row, int column) => ((row + 1) * _stride) + column + 1;

        private bool IsInside(int pixel)
        {
            (int row, int column) = Math.DivRem(pixel, _stride);
            return row > 0 && row <= _size.Height && column > 0 && column <= _size.Width;
        }

        private bool IsDeletable(int pixel, int rule)
        {
            (bool p2, bool p3, bool p4, bool p5) = (Is(pixel, 0), Is(pixel, 1), Is(pixel, 2), Is(pixel, 3));
            (bool p6, bool p7, bool p8, bool p9) = (Is(pixel, 4), Is(pixel, 5), Is(pixel, 6), Is(pixel, 7));
            int connected = ToInt(!p2 && (p3 || p4)) + ToInt(!p4 && (p5 || p6))
                + ToInt(!p6 && (p7 || p8)) + ToInt(!p8 && (p9 || p2));
            int pairs = Math.Min(
                ToInt(p9 || p2) + ToInt(p3 || p4) + ToInt(p5 || p6) + ToInt(p7 || p8),
                ToInt(p2 || p3) + ToInt(p4 || p5) + ToInt(p6 || p7) + ToInt(p8 || p9));
            bool isHeld = rule == 0 ? (p2 || p3 || !p5) && p4 : (p6 || p7 || !p9) && p8;
            return connected == 1 && pairs is 2 or 3 && !isHeld;
        }

        private bool Is(int pixel, int neighbour) => _pixels[pixel + _neighbours[neighbour]] != 0;

        private static int ToInt(bool condition) => condition ? 1 : 0;
    }
}
