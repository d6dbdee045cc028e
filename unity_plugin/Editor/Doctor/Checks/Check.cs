using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>One check of the Setup Doctor. Runs on the main thread, and awaits slow work.</summary>
    internal abstract class Check
    {
        public abstract Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancel);
    }
}
