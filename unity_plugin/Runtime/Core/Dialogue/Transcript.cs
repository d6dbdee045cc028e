using System;
using System.Collections.Generic;
using System.Text;

namespace FrameBridge
{
    /// <summary>
    /// The exchanges of a conversation, to continue it when the server has forgotten it. Bounded; the oldest are
    /// dropped first.
    /// </summary>
    internal sealed class Transcript
    {
        public const int MaxExchanges = 64;
        private const int BytesPerToken = 2; // English has about four; rather carry too little than too much
        private readonly Queue<Exchange> _exchanges = new Queue<Exchange>();

        public void Add(string said, string reply)
        {
            if (_exchanges.Count == MaxExchanges)
            {
                _exchanges.Dequeue();
            }

            _exchanges.Enqueue(new Exchange(said, reply));
        }

        /// <summary>The player has heard no more than this of the newest reply.</summary>
        public void Hear(string said, string reply, string heard)
        {
            var all = _exchanges.ToArray();
            var newest = all.Length - 1;
            if (newest >= 0 && all[newest].Said == said && all[newest].Reply == reply)
            {
                _exchanges.Clear();
                for (var i = 0; i < newest; i++)
                {
                    _exchanges.Enqueue(all[i]);
                }

                if (heard.Length > 0)
                {
                    _exchanges.Enqueue(new Exchange(said, heard));
                }
            }
        }

        public Exchange[] ToArray() => _exchanges.ToArray();

        /// <summary>Replaces all by these lines: each of the player's begins an exchange.</summary>
        public void Restore(IReadOnlyList<ConversationLine> lines)
        {
            _exchanges.Clear();
            string said = null;
            var reply = string.Empty;
            for (var i = 0; i < lines.Count; i++)
            {
                if (!lines[i].IsPlayer)
                {
                    reply = reply.Length > 0 ? reply + " " + lines[i].Text : lines[i].Text;
                    continue;
                }

                AddWhole(said, reply);
                said = lines[i].Text;
                reply = string.Empty;
            }

            AddWhole(said, reply);
        }

        /// <summary>The persona with the exchanges so far appended, within the server's limits.</summary>
        public static string Carry(string persona, Exchange[] all, BridgeLimits limits)
        {
            var room = Room(persona, limits);
            var lines = new List<string>();
            for (var i = all.Length - 1; i >= 0; i--)
            {
                var line = $"The player said: {all[i].Said}\nYou answered: {all[i].Reply}";
                room -= Encoding.UTF8.GetByteCount(line) + 1;
                if (room < 0)
                {
                    break;
                }

                lines.Insert(0, line);
            }

            return lines.Count == 0 ? persona : $"{persona}\n\nThe conversation so far:\n{string.Join("\n", lines)}";
        }

        private void AddWhole(string said, string reply)
        {
            if (said != null || reply.Length > 0)
            {
                Add(said ?? string.Empty, reply);
            }
        }

        private static long Room(string persona, BridgeLimits limits)
        {
            var text = limits != null && limits.MaxTextBytes > 0 ? limits.MaxTextBytes / 2 : 4096;
            var tokens = limits != null && limits.MaxContextTokens > 0 ? limits.MaxContextTokens : 2048;
            return Math.Min(text, (long)tokens * BytesPerToken) - Encoding.UTF8.GetByteCount(persona);
        }
    }
}
