using System.Threading;
using System.Threading.Tasks;
using UnityEngine;

namespace FrameBridge.Game
{
    /// <summary>An NPC with a face and a window, whose action is never answered: play mode ends while it acts.</summary>
    internal sealed class Innkeeper
    {
        private readonly NpcDialogue _npc;
        private readonly NpcActions _actions;
        private readonly ConversationView _view;
        private bool _hasSpoken;

        internal Innkeeper()
        {
            _npc = Scene.Make<NpcDialogue>(made =>
            {
                made.Persona = ScriptableObject.CreateInstance<NpcPersona>();
                made.Persona.Source = NpcSource.Character;
                made.Persona.Npc = Mara();
                made.WantsTrace = true;
                made.gameObject.AddComponent<NpcActions>();
                made.gameObject.AddComponent<NpcFace>();
                made.gameObject.AddComponent<AvatarTexture>();
            });
            _actions = _npc.GetComponent<NpcActions>();
            _actions.Handlers.Set("hand_over_key", ActionParameter.Int("nights"), (_, call) => Task.Delay(Timeout.Infinite, call.Cancellation));
            _view = Scene.Make<ConversationView>(made =>
            {
                made.Npc = _npc;
                made.LettersPerSecond = 20f;
            });
        }

        internal bool IsActing()
        {
            if (!_hasSpoken && _npc.State == NpcState.Idle)
            {
                _hasSpoken = _view.Say("give me the key to a room for 3 nights");
            }

            return _actions.OpenCalls.Count > 0;
        }

        internal string Report() => _npc.State + " (" + _npc.Problem + "): " + _view.Transcript;

        private static Npc Mara() => new Npc
        {
            Id = "mara",
            Name = "Mara",
            Trade = "innkeeper",
            Persona = "Mara is kind.",
            Actions = new[]
            {
                new NpcAction
                {
                    Name = "hand_over_key",
                    Description = "Gives the player the key to a room for some nights.",
                    Examples = new[] { "give me the key to a room for 3 nights" },
                    ParametersJson = "{\"type\": \"object\", \"required\": [\"nights\"], \"properties\": {\"nights\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 14}}}",
                    TimeoutSeconds = 20,
                },
            },
        };
    }
}
