using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Sizes of the textures that a server's avatar model answers with, read from its rungs ("avatar.64").</summary>
    internal static class RungSizes
    {
        private const int MaxSize = 8192;

        /// <summary>Adds the sizes in pixels that are not in the list yet, best rung first.</summary>
        internal static void AddTo(List<int> sizes, IReadOnlyList<BridgeModel> models)
        {
            for (int i = 0; i < models.Count; i++)
            {
                if (models[i].Capability != Capability.Avatar)
                {
                    continue;
                }

                for (int j = 0; j < models[i].Rungs.Count; j++)
                {
                    int size = SizeOf(models[i].Rungs[j]);
                    if (size > 0 && !sizes.Contains(size))
                    {
                        sizes.Add(size);
                    }
                }
            }
        }

        /// <summary>The number after the last dot of a rung, up to a slash; 0 when it names no size.</summary>
        internal static int SizeOf(string rung)
        {
            int size = 0;
            for (int i = rung.LastIndexOf('.') + 1; i > 0 && i < rung.Length && rung[i] != '/'; i++)
            {
                if (rung[i] < '0' || rung[i] > '9' || size > MaxSize)
                {
                    return 0;
                }

                size = (size * 10) + rung[i] - '0';
            }

            return size <= MaxSize ? size : 0;
        }
    }
}
