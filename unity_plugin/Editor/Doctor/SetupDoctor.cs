using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FrameBridge.Editor
{
    /// <summary>
    /// Checks everything that FrameBridge needs in a project, and says how to fix each fault. Changes nothing by
    /// itself. For the window and for command-line builds.
    /// </summary>
    public static class SetupDoctor
    {
        /// <summary>
        /// Runs all checks, the quick ones first. Main thread. A server that does not answer takes up to three seconds,
        /// without blocking. Throws OperationCanceledException when cancelled.
        /// </summary>
        public static Task<IReadOnlyList<Finding>> ExamineAsync(CancellationToken cancel = default) =>
            ExamineAsync(Checks(), cancel);

        internal static async Task<IReadOnlyList<Finding>> ExamineAsync(IEnumerable<Check> checks, CancellationToken cancel)
        {
            var findings = new List<Finding>();
            foreach (var check in checks)
            {
                cancel.ThrowIfCancellationRequested();
                findings.AddRange(await GuardedAsync(check, cancel));
            }

            return findings;
        }

        private static IEnumerable<Check> Checks() => new Check[]
        {
            new PlatformCheck(),
            new LibraryCheck(),
            new HandlerCheck(),
            new FormatCheck(ProjectConnection.Formats),
            new PlayerCheck(),
            new AndroidCheck(),
            new AppleCheck(),
            new ServerCheck(ProjectConnection.Options),
        };

        /// <summary>An unexpected exception of one check must not hide the findings of others.</summary>
        private static async Task<IReadOnlyList<Finding>> GuardedAsync(Check check, CancellationToken cancel)
        {
            try
            {
                return await check.ExamineAsync(cancel);
            }
            catch (Exception error) when (!(error is OperationCanceledException))
            {
                var name = check.GetType().Name;
                return new[] { Finding.Note(name, $"The check failed: {error.Message}", "Please report it.") };
            }
        }
    }
}
