using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Sizes of the textures that a server's avatar model answers with. A server older than minor 2 does not tell them.</summary>
    internal static class RungSizes
    {
        private const int MaxSize = 8192;

        /// <summary>Adds the sizes in pixels that are not in the list yet, best rung first. Only square ones: others are made when they come.</summary>
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
