using System;

namespace FrameBridge
{
    /// <summary>The settings of a source. The camera restarts only if they differ.</summary>
    internal readonly struct SourceSettings : IEquatable<SourceSettings>
    {
        private readonly CameraSource _source;
        private readonly object _input;
        private readonly int _longestSide;
        private readonly int _rate;
        private readonly bool _mirror;

        private SourceSettings(CameraSource source, object input, int longestSide, int rate, bool mirror)
        {
            _source = source;
            _input = input;
            _longestSide = longestSide;
            _rate = rate;
            _mirror = mirror;
        }

        /// <summary>The device's camera: its name, and the requested pictures a second.</summary>
        internal static SourceSettings OfWebCam(string name, int longestSide, int rate, bool mirror) =>
            new SourceSettings(CameraSource.WebCam, name, longestSide, rate, mirror);

        /// <summary>A camera of the scene, or a texture.</summary>
        internal static SourceSettings Of(CameraSource source, UnityEngine.Object input, int longestSide) =>
            new SourceSettings(source, input, longestSide, 0, false);

        public bool Equals(SourceSettings other) =>
            _source == other._source && _longestSide == other._longestSide && _rate == other._rate && _mirror == other._mirror
            && (ReferenceEquals(_input, other._input) || (_input is string name && name.Equals(other._input)));

        public override bool Equals(object obj) => obj is SourceSettings other && Equals(other);

        public override int GetHashCode() => ((int)_source * 31) + _longestSide;
    }
}
