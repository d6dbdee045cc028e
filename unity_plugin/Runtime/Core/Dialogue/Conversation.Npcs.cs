using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>A conversation with an NPC: a character as data, in place of a persona. Needs a server of minor version 6.</summary>
    public sealed partial class Conversation
    {
        private const int MostFields = 1900; // the contract allows 2,048 in a message
        private string _npcId = string.Empty;
        private EncodedNpc _npc;
        private EncodedNpc _npcKnown; // that the server has
        private EncodedNpc _npcSent; // with the turn
        private long _npcTurn;
        private NpcPlayer _player;
        private IReadOnlyList<string> _memories = Array.Empty<string>();

        /// <summary>
        /// What the reply must look like; null for free text. A change takes effect with the next turn. Not with an NPC.
        /// </summary>
        public ReplyForm Form { get; set; }

        /// <summary>
        /// The character, by the name of a file in the server's folder of NPCs; null is the same as empty. In place of
        /// <see cref="Persona"/> and of an earlier <see cref="SetNpc"/>; a change takes effect with the next turn.
        /// </summary>
        public string NpcId
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _npcId;
                }
            }

            set
            {
                lock (_stream.Gate)
                {
                    _npcId = value ?? string.Empty;
                    _npc = null;
                }
            }
        }

        /// <summary>Who speaks to the NPC; null for nobody in particular. A change takes effect with the next turn.</summary>
        public NpcPlayer Player
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _player;
                }
            }

            set
            {
                lock (_stream.Gate)
                {
                    _player = value;
                }
            }
        }

        /// <summary>
        /// What the NPC remembers of the player, in sentences of the game's: at most 256 of 400 characters. Those that fit
        /// what the player says are told to it. A change takes effect with the next turn.
        /// </summary>
        public IReadOnlyList<string> Memories
        {
            get
            {
                lock (_stream.Gate)
                {
                    return _memories;
                }
            }

            set
            {
                var copy = new string[value?.Count ?? 0];
                for (var i = 0; i < copy.Length; i++)
                {
                    copy[i] = value[i];
                }

                lock (_stream.Gate)
                {
                    _memories = copy;
                }
            }
        }

        /// <summary>Whether an NPC's sentences say what made them, and the result why the turn went as it did.</summary>
        public bool WantsTrace { get; set; }

        private bool IsNpc => _npc != null || _npcId.Length > 0;

        /// <summary>
        /// The character, from the game's own data; null for none. In place of <see cref="Persona"/> and <see cref="NpcId"/>.
        /// It is encoded now: a later change of <paramref name="npc"/> needs another call. It goes up once, and again where
        /// the server has lost it. Throws <see cref="BridgeException"/> for more than 4 MiB.
        /// </summary>
        public void SetNpc(Npc npc)
        {
            var encoded = npc == null ? null : new EncodedNpc(npc);
            lock (_stream.Gate)
            {
                if (encoded == null || !encoded.IsSame(_npc))
                {
                    _npc = encoded;
                }

                _npcId = string.Empty;
            }
        }

        /// <summary>The player has heard no more of a turn than <see cref="Turn.HeardText"/>. Under the gate.</summary>
        internal void Heard(Turn turn)
        {
            if (!KnowsNpcs(_stream.Limits))
            {
                return; // the server keeps all
            }

            _mirror.Hear(turn.TurnId, turn.HeardText.Length);
            if (turn.Result != null && ReferenceEquals(turn, _turn))
            {
                _transcript.Hear(turn.Said, turn.Result.Text, turn.HeardText);
            }
        }

        private static bool KnowsNpcs(BridgeLimits limits) => limits != null && limits.MaxNpcBytes > 0;

        private SaidToNpc SaidToNpc(Turn turn)
        {
            if (!IsNpc)
            {
                return default;
            }

            _npcSent = ReferenceEquals(_npc, _npcKnown) ? null : _npc;
            _npcTurn = turn.TurnId;
            return new SaidToNpc { NpcId = _npcId, Npc = _npcSent, Player = _player, Memories = _memories, WantsTrace = WantsTrace };
        }

        /// <summary>The server has accepted a turn, and has its character.</summary>
        private void NoteNpc(long turnId)
        {
            if (turnId == _npcTurn && _npcSent != null)
            {
                _npcKnown = _npcSent;
            }
        }

        private bool Takes(Turn turn, BridgeLimits limits)
        {
            string problem = null;
            if (IsNpc && !KnowsNpcs(limits))
            {
                problem = "the server knows no NPCs, as it is older than minor version 6; update it, or describe the character by a persona";
            }
            else if (_npc != null && (_npc.Bytes.Length > limits.MaxNpcBytes || _npc.Fields > MostFields))
            {
                problem = $"the NPC has {_npc.Bytes.Length} bytes and {_npc.Fields} fields, and the server takes {limits.MaxNpcBytes} and {MostFields} "
                    + "in a turn; shorten it, or put its file into the server's folder and name it";
            }
            else if (Form != null && (limits == null || limits.MaxHistoryLines == 0))
            {
                problem = "the server knows no forms of replies, as it is older than minor version 5; update it";
            }

            if (problem != null)
            {
                turn.Fail(_npc != null && KnowsNpcs(limits) ? ErrorReason.TooLarge : ErrorReason.VersionMismatch, problem, isRetryable: false);
            }

            return problem == null;
        }
    }
}
