namespace FrameBridge
{
    /// <summary>
    /// Why a connection is not ready and how to fix it. An attempt counts as a problem after 0.75 seconds. The sentence
    /// is made when the cause changes. Main thread only.
    /// </summary>
    internal sealed class ConnectionProblem
    {
        private BridgeState _state = BridgeState.Ready;
        private BridgeException _error;
        private double _since; // when the state began
        private int _seconds;

        /// <summary>The sentence; empty when all is well.</summary>
        internal string Text { get; private set; } = string.Empty;

        /// <summary>The cause without its duration, for the log.</summary>
        internal string Key { get; private set; } = string.Empty;

        /// <summary>Examines the connection. If <paramref name="client"/> is null, <paramref name="state"/> counts.</summary>
        internal void Judge(BridgeState state, BridgeException error, BridgeClient client, string address, double now)
        {
            bool isOther = state != _state;
            _since = isOther ? now : _since;
            int seconds = now - _since < ProblemWatch.PatienceSeconds ? 0 : ProblemWatch.Whole(now - _since);
            if (isOther || !ReferenceEquals(error, _error) || IsOlder(seconds))
            {
                _state = state;
                _error = error;
                _seconds = seconds;
                Key = KeyOf(client != null, address);
                Text = state == BridgeState.Reconnecting ? Lost() : Key;
            }
        }

        /// <summary>Whether the sentence changes with time: once after the patience, and each second of a loss.</summary>
        private bool IsOlder(int seconds) =>
            seconds != _seconds && (_state == BridgeState.Reconnecting || (_state == BridgeState.Connecting && _seconds == 0));

        private string KeyOf(bool hasClient, string address)
        {
            switch (_state)
            {
                case BridgeState.Ready: return string.Empty;
                case BridgeState.Offline: return hasClient ? ProblemSentences.Paused : ProblemSentences.NotStarted;
                case BridgeState.Connecting: return _error != null ? _error.Message : Unanswered(address);
                case BridgeState.Closed: return "the client was closed; call Connect for another one";
                default: return _error != null ? _error.Message : "the connection broke";
            }
        }

        private string Unanswered(string address) => _seconds == 0
            ? string.Empty
            : "no answer from " + address + " yet; is the server running there, and does the address name it?";

        private string Lost() => _seconds == 0
            ? "the connection was lost and is being restored: " + Key
            : "the connection was lost " + _seconds + " s ago and is being restored: " + Key;
    }
}
