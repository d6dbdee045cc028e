using System;
using System.Buffers.Binary;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// The camera's pose and field of view when a picture was taken. Boxes belong to this pose: with the current pose
    /// they would drift. A plain value.
    /// </summary>
    public struct CapturePose
    {
        /// <summary>Bytes of a pose on the wire: nine numbers of 4 bytes, little-endian.</summary>
        public const int ByteCount = 36;

        /// <summary>The camera's position in the world.</summary>
        public Vector3 Position;

        /// <summary>The camera's rotation in the world.</summary>
        public Quaternion Rotation;

        /// <summary>The vertical field of view in degrees.</summary>
        public float FieldOfView;

        /// <summary>Width over height of the picture.</summary>
        public float Aspect;

        /// <summary>Reads a pose that came back with a result. False if the bytes contain none.</summary>
        public static bool TryRead(ReadOnlySpan<byte> bytes, out CapturePose pose)
        {
            pose = default;
            if (bytes.Length != ByteCount)
            {
                return false;
            }

            pose.Position = new Vector3(Number(bytes, 0), Number(bytes, 1), Number(bytes, 2));
            pose.Rotation = new Quaternion(Number(bytes, 3), Number(bytes, 4), Number(bytes, 5), Number(bytes, 6));
            pose.FieldOfView = Number(bytes, 7);
            pose.Aspect = Number(bytes, 8);
            return pose.FieldOfView > 0f && pose.Aspect > 0f;
        }

        /// <summary>
        /// The world position <paramref name="distance"/> metres in front of the camera (along its view) at a point of
        /// the picture: x and y from 0 to 1, from the picture's top left corner.
        /// </summary>
        public readonly Vector3 PointAt(float x, float y, float distance)
        {
            float half = Mathf.Tan(FieldOfView * 0.5f * Mathf.Deg2Rad) * distance;
            var local = new Vector3(((2f * x) - 1f) * half * Aspect, (1f - (2f * y)) * half, distance);
            return Position + (Rotation * local);
        }

        /// <summary>
        /// The ray from the camera through a point of the picture: x and y from 0 to 1, from its top left corner.
        /// </summary>
        public readonly Ray RayAt(float x, float y) => new Ray(Position, PointAt(x, y, 1f) - Position);

        /// <summary>Writes the pose; <paramref name="bytes"/> needs room for <see cref="ByteCount"/> bytes.</summary>
        internal readonly void Write(Span<byte> bytes)
        {
            Put(bytes, 0, Position.x);
            Put(bytes, 1, Position.y);
            Put(bytes, 2, Position.z);
            Put(bytes, 3, Rotation.x);
            Put(bytes, 4, Rotation.y);
            Put(bytes, 5, Rotation.z);
            Put(bytes, 6, Rotation.w);
            Put(bytes, 7, FieldOfView);
            Put(bytes, 8, Aspect);
        }

        private static float Number(ReadOnlySpan<byte> bytes, int index) =>
            BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(bytes.Slice(index * 4)));

        private static void Put(Span<byte> bytes, int index, float value) =>
            BinaryPrimitives.WriteInt32LittleEndian(bytes.Slice(index * 4), BitConverter.SingleToInt32Bits(value));
    }
}
