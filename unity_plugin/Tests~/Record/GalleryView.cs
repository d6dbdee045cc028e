using System;
using System.Collections.Generic;
using System.IO;
using FrameBridge.Samples.Tests;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using Object = UnityEngine.Object;

namespace FrameBridge.Record
{
    /// <summary>
    /// The view of ArRecognition's camera: the part of the wall's picture in front of it, as it faces the wall. In
    /// Unity the GPU renders it.
    /// </summary>
    internal sealed class GalleryView
    {
        private const float WallHeight = 2f;
        private const float Distance = 2f;
        private const int Width = 416;
        private const int Height = 234;

        private readonly int _width;
        private readonly int _height;
        private readonly byte[] _pixels;

        /// <summary>Reads the picture. FileNotFoundException, EndOfStreamException.</summary>
        public GalleryView(string path)
        {
            using (var reader = new BinaryReader(File.OpenRead(path)))
            {
                _width = reader.ReadInt32();
                _height = reader.ReadInt32();
                _pixels = reader.ReadBytes(_width * _height * 4);
            }
        }

        /// <summary>Plays for some seconds; returns whether a person and a cat were recognised.</summary>
        public bool Walk(SampleStage stage, double seconds)
        {
            var recognizer = Object.FindAnyObjectByType<CameraRecognizer>();
            var picture = new Texture2D(Width, Height, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
            var seen = new HashSet<string>();
            recognizer.Source = CameraSource.Texture;
            recognizer.Texture = picture;
            recognizer.Recognized += result =>
            {
                foreach (var box in result.Detections)
                {
                    seen.Add(box.Label);
                }
            };
            stage.Play(seconds, () => Draw(picture, recognizer.SceneCamera));
            Console.WriteLine(string.Join(", ", seen));
            return seen.Contains("person") && seen.Contains("cat");
        }

        private void Draw(Texture2D picture, Camera camera)
        {
            var seenHeight = 2f * Distance * (float)Math.Tan(camera.fieldOfView * Math.PI / 360.0);
            var pixelsPerMetre = _height / WallHeight;
            var step = seenHeight * pixelsPerMetre / Height;
            var left = (_width / 2f) + (camera.transform.position.x * pixelsPerMetre) - (step * Width / 2f);
            var bottom = (_height / 2f) - (step * Height / 2f);
            var to = picture.GetRawTextureData<byte>().AsSpan();
            for (var y = 0; y < Height; y++)
            {
                for (var x = 0; x < Width; x++)
                {
                    Sample(left + (x * step), bottom + (y * step), to.Slice(((y * Width) + x) * 4, 4));
                }
            }

            picture.Apply(false, false);
        }

        private void Sample(float x, float y, Span<byte> to)
        {
            if (x < 0 || y < 0 || x >= _width || y >= _height)
            {
                to.Fill(96); // the wall between
                return;
            }

            _pixels.AsSpan((((int)y * _width) + (int)x) * 4, 4).CopyTo(to);
        }
    }
}
