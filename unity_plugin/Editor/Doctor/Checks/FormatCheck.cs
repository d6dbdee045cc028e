using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Editor
{
    /// <summary>The compressed textures that this machine can sample. A device sends its own in its handshake.</summary>
    internal sealed class FormatCheck : QuickCheck
    {
        private const string Name = "Textures";

        private readonly Func<IReadOnlyList<FrameFormat>> _formats;

        /// <summary>Takes a function that lists the formats, best first, as a component would.</summary>
        public FormatCheck(Func<IReadOnlyList<FrameFormat>> formats)
        {
            _formats = formats;
        }

        public override IEnumerable<Finding> Examine()
        {
            var formats = _formats();
            if (formats.Any(format => format != FrameFormat.Rgba32))
            {
                yield return Finding.Fine(Name, $"This machine samples {string.Join(", ", formats)}, best first.");
            }
            else
            {
                yield return Finding.Note(
                    Name,
                    "This machine samples no compressed format, so avatars come as RGBA32, in four to eight times the bytes.",
                    "No action is needed on a fast network; else run on a graphics device with BC or ASTC textures.");
            }
        }
    }
}
