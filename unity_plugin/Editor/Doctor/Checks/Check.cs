using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>One thing that the Setup Doctor looks at. Runs on the main thread, and awaits what takes long.</summary>
    internal abstract class Check
    {
        public abstract Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancel);
    }
}
