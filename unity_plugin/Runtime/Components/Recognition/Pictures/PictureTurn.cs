using UnityEngine;

namespace FrameBridge
{
    /// <summary>How a picture has to be turned to be upright: where in the source each place of the upright one lies.</summary>
    internal readonly struct PictureTurn
    {
        private PictureTurn(Vector4 turn, Vector4 shift, bool swapsSides, bool isNone)
        {
            Turn = turn;
            Shift = shift;
            SwapsSides = swapsSides;
            IsNone = isNone;
        }

        /// <summary>A 2 x 2 matrix, row by row.</summary>
        internal Vector4 Turn { get; }

        /// <summary>What is added to it.</summary>
        internal Vector4 Shift { get; }

        /// <summary>Whether width and height change places.</summary>
        internal bool SwapsSides { get; }

        /// <summary>Whether nothing is turned.</summary>
        internal bool IsNone { get; }

        /// <summary>
        /// Of a picture that has to be turned clockwise by <paramref name="degrees"/> (a multiple of 90), that lies upside
        /// down when <paramref name="upsideDown"/>, and that is to come out as in a mirror when <paramref name="mirror"/>.
        /// </summary>
        internal static PictureTurn Of(int degrees, bool upsideDown, bool mirror)
        {
            int quarter = (((degrees / 90) % 4) + 4) % 4;
            float cos = quarter == 0 ? 1f : quarter == 2 ? -1f : 0f;
            float sin = quarter == 1 ? 1f : quarter == 3 ? -1f : 0f;
            var turn = new Vector4(cos, -sin, sin, cos);
            if (mirror)
            {
                turn.x = -turn.x;
                turn.z = -turn.z;
            }

            if (upsideDown)
            {
                turn.z = -turn.z;
                turn.w = -turn.w;
            }

            // Turned about the middle of the picture.
            var shift = new Vector4(0.5f - ((turn.x + turn.y) / 2f), 0.5f - ((turn.z + turn.w) / 2f), 0f, 0f);
            return new PictureTurn(turn, shift, quarter % 2 == 1, quarter == 0 && !upsideDown && !mirror);
        }
    }
}
