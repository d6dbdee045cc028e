using System;

namespace FrameBridge
{
    /// <summary>Faces, meshes and a mask of one answer. The arrays are made when first needed, grow and stay.</summary>
    internal sealed class PeopleAnswers
    {
        public const int MaxFaces = 100;
        public const int MaxMeshes = 4;
        public const int MaxMaskBytes = 256 * 256;

        public Face[] Faces = Array.Empty<Face>();
        public int FaceCount;
        public FaceMesh[] Meshes = Array.Empty<FaceMesh>();
        public MeshPoint[] Points = Array.Empty<MeshPoint>(); // FaceMesh.PointCount for each mesh
        public int MeshCount;
        public PeopleMask Mask;
        public byte[] Pixels = Array.Empty<byte>();
        public int PixelCount;

        /// <summary>Whether the mask's bytes are as many as its size says.</summary>
        public bool HasMask => PixelCount > 0 && PixelCount == (long)Mask.Width * Mask.Height;

        public void Clear()
        {
            FaceCount = MeshCount = PixelCount = 0;
            Mask = default;
        }

        public void CopyFrom(PeopleAnswers other)
        {
            Copy(other.Faces, ref Faces, FaceCount = other.FaceCount, MaxFaces);
            Copy(other.Meshes, ref Meshes, MeshCount = other.MeshCount, MaxMeshes);
            Copy(other.Points, ref Points, other.MeshCount * FaceMesh.PointCount, MaxMeshes * FaceMesh.PointCount);
            Mask = other.Mask;
            Copy(other.Pixels, ref Pixels, PixelCount = other.PixelCount, MaxMaskBytes);
        }

        /// <summary>Adds a face, unless there are too many.</summary>
        public void Add(in Face face)
        {
            if (FaceCount < MaxFaces)
            {
                Fit(ref Faces, MaxFaces);
                Faces[FaceCount++] = face;
            }
        }

        /// <summary>Where the next mesh's points go; empty if there are meshes enough.</summary>
        public Span<MeshPoint> NextPoints()
        {
            if (MeshCount == MaxMeshes)
            {
                return default;
            }

            Fit(ref Points, MaxMeshes * FaceMesh.PointCount);
            return new Span<MeshPoint>(Points, MeshCount * FaceMesh.PointCount, FaceMesh.PointCount);
        }

        /// <summary>Adds a mesh, whose points are in <see cref="NextPoints"/>.</summary>
        public void Add(in FaceMesh mesh)
        {
            Fit(ref Meshes, MaxMeshes);
            Meshes[MeshCount++] = mesh;
        }

        /// <summary>Keeps a mask's bytes; none if they are more than a mask has.</summary>
        public void Keep(ReadOnlySpan<byte> pixels)
        {
            PixelCount = pixels.Length > MaxMaskBytes ? 0 : pixels.Length;
            if (PixelCount > 0)
            {
                Fit(ref Pixels, MaxMaskBytes);
                pixels.CopyTo(Pixels);
            }
        }

        private static void Copy<T>(T[] from, ref T[] to, int count, int most)
        {
            if (count > 0)
            {
                Fit(ref to, most);
                Array.Copy(from, to, count);
            }
        }

        private static void Fit<T>(ref T[] array, int most)
        {
            if (array.Length < most)
            {
                array = new T[most];
            }
        }
    }
}
