using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>Adds cancellation to the wait for a task.</summary>
    internal static class Waiting
    {
        public static async Task<T> For<T>(Task<T> task, CancellationToken cancellation)
        {
            if (cancellation.CanBeCanceled && !task.IsCompleted)
            {
                var enough = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
                using (cancellation.Register(() => enough.TrySetCanceled(cancellation)))
                {
                    return await (await Task.WhenAny(task, enough.Task).ConfigureAwait(false)).ConfigureAwait(false);
                }
            }

            return await task.ConfigureAwait(false);
        }
    }
}
