using UnityEngine;

namespace FrameBridge
{
    /// <summary>The transform from points of the upright picture to points of the source.</summary>
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

        /// <summary>The offset added to it.</summary>
        internal Vector4 Shift { get; }

        /// <summary>Whether width and height are swapped.</summary>
        internal bool SwapsSides { get; }

        /// <summary>Whether it is the identity.</summary>
        internal bool IsNone { get; }

        /// <summary>
        /// For a picture to turn clockwise by <paramref name="degrees"/> (a multiple of 90), that is upside down if
        /// <paramref name="upsideDown"/>, and to be mirrored if <paramref name="mirror"/>.
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

            // Turned about the picture's centre.
            var shift = new Vector4(0.5f - ((turn.x + turn.y) / 2f), 0.5f - ((turn.z + turn.w) / 2f), 0f, 0f);
            return new PictureTurn(turn, shift, quarter % 2 == 1, quarter == 0 && !upsideDown && !mirror);
        }
    }
}
