using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Texture sizes of a server's avatar model. Servers older than minor 2 do not report them.</summary>
    internal static class RungSizes
    {
        private const int MaxSize = 8192;

        /// <summary>
        /// Adds the sizes in pixels that are not listed yet, best rung first. Only square ones: other textures are made
        /// when a frame needs them.
        /// </summary>
        internal static void AddTo(List<int> sizes, IReadOnlyList<BridgeModel> models)
        {
            for (int i = 0; i < models.Count; i++)
            {
                IReadOnlyList<BridgeRung> rungs = models[i].RungDetails;
                for (int j = 0; models[i].Capability == Capability.Avatar && j < rungs.Count; j++)
                {
                    int size = rungs[j].Width;
                    if (size > 0 && size <= MaxSize && size == rungs[j].Height && !sizes.Contains(size))
                    {
                        sizes.Add(size);
                    }
                }
            }
        }
    }
}
