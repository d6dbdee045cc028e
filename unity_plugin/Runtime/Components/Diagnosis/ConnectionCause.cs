namespace FrameBridge
{
    /// <summary>Whether nothing can come because of the connection, as the components that use one see it.</summary>
    internal static class ConnectionCause
    {
        /// <summary>
        /// Whether the connection is ready, so that the component has to look for the cause itself; else what the connection says,
        /// which is nothing while it is only just connecting.
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
