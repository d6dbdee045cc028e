using System;
using System.Collections.Generic;

namespace FrameBridge
{
    /// <summary>Talk with an NPC: who speaks to it, what it remembers, and what of a reply was heard.</summary>
    public sealed partial class NpcDialogue
    {
        private readonly List<TurnEvent> _ended = new List<TurnEvent>(); // calls that end with their turn
        private NpcPlayer _player;
        private Turn _newest; // the last turn, also when it is over

        /// <summary>The player's name, for an NPC's lines. A change takes effect with the next turn.</summary>
        public string PlayerName
        {
            get => playerName;
            set
            {
                playerName = value ?? string.Empty;
                _player = null;
            }
        }

        /// <summary>The player's roles, which decide what an NPC does for the player. A change takes effect with the next turn.</summary>
        public IReadOnlyList<string> PlayerRoles
        {
            get => playerRoles;
            set
            {
                playerRoles = new string[value?.Count ?? 0];
                for (int i = 0; i < playerRoles.Length; i++)
                {
                    playerRoles[i] = value[i];
                }

                _player = null;
            }
        }

        /// <summary>Whether an NPC's sentences say why they were said. A change takes effect with the next turn.</summary>
        public bool WantsTrace
        {
            get => wantsTrace;
            set => wantsTrace = value;
        }

        /// <summary>
        /// What an NPC remembers of the player, in sentences of the game's: at most 256 of 400 characters. A change takes
        /// effect with the next turn.
        /// </summary>
        public IReadOnlyList<string> Memories { get; set; } = Array.Empty<string>();

        /// <summary>What replies must look like; null for free text. Not with an NPC.</summary>
        public ReplyForm Form { get; set; }

        /// <summary>
        /// How many characters of the newest reply's text the player has heard or read, as a voice or a text that is revealed
        /// slowly goes on; -1, as at the start of each turn, counts all that has arrived. If the player cuts in or speaks
        /// again, the conversation keeps no more than this.
        /// </summary>
        public int HeardLength { get; set; } = -1;

        private void Describe(Conversation conversation)
        {
            conversation.Player = _player = _player ?? new NpcPlayer(playerName, playerRoles);
            conversation.Memories = Memories;
            conversation.WantsTrace = wantsTrace;
            conversation.Form = Form;
            if (persona == null)
            {
                return;
            }

            switch (persona.Source)
            {
                case NpcSource.ServerFile:
                    conversation.NpcId = persona.NpcId;
                    break;
                case NpcSource.Character:
                    conversation.SetNpc(persona.Npc);
                    break;
                default:
                    conversation.SetNpc(null);
                    conversation.Persona = persona.Description;
                    break;
            }

            conversation.Sampling = persona.Sampling;
            conversation.Actions = persona.Actions;
            conversation.WholeSentences = persona.WholeSentences;
        }

        /// <summary>The player has cut in: the turn ends, and the conversation keeps what was heard of it.</summary>
        private void End(Turn turn)
        {
            if (HeardLength < 0)
            {
                turn.Interrupt();
            }
            else
            {
                turn.Interrupt(HeardLength);
            }
        }

        /// <summary>The reply is over, and the player has not heard all of it yet.</summary>
        private void EndHearing()
        {
            if (_newest != null && HeardLength >= 0)
            {
                _newest.Interrupt(HeardLength);
            }

            HeardLength = -1;
        }

        /// <summary>Raises the ends of calls that were told of; false if a listener has ended the turn.</summary>
        private bool TellEnded()
        {
            NpcReply reply = _reply;
            TurnEvent[] ended = _ended.ToArray();
            _ended.Clear();
            foreach (TurnEvent item in ended)
            {
                reply?.Put(item);
                Heard?.Invoke(item);
            }

            return ReferenceEquals(reply, _reply);
        }
    }
}
