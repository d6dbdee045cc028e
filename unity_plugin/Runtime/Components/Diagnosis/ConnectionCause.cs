namespace FrameBridge
{
    /// <summary>Whether the connection is the cause of a component's problem.</summary>
    internal static class ConnectionCause
    {
        /// <summary>
        /// Whether the connection is ready, so that the component has to find the cause itself; else gives the
        /// connection's own problem, which is none in its first moments.
        /// </summary>
        internal static bool IsReady(BridgeConnection from, out ProblemCause cause)
        {
            cause = default;
            if (from == null)
            {
                cause.Kind = ProblemKind.Setup;
                cause.Text = ProblemSentences.NoConnection;
                return false;
            }

            string problem = from.Problem;
            if (problem.Length > 0)
            {
                cause.Kind = ProblemKind.Connection;
                cause.Text = problem;
            }

            return from.Client != null && from.Client.State == BridgeState.Ready;
        }
    }
}
