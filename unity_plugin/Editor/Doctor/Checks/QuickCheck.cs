using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>A check without slow work.</summary>
    internal abstract class QuickCheck : Check
    {
        public override Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<Finding>>(Examine().ToList());

        public abstract IEnumerable<Finding> Examine();
    }
}
