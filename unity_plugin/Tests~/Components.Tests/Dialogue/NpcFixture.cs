using System;
using System.Collections.Generic;
using System.Linq;
using UnityEngine;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A character with a server in memory.</summary>
    public abstract class NpcFixture : PlayFixture
    {
        private protected static NpcPersona WithFallback()
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.FallbackLines = new[] { "Hm?" };
            return persona;
        }

        private protected static List<string> Listen(NpcDialogue npc)
        {
            var heard = new List<string>();
            npc.OnToken.AddListener(text => heard.Add("token " + text));
            npc.OnSentence.AddListener(text => heard.Add("sentence " + text));
            npc.OnDone.AddListener(text => heard.Add("done " + text));
            return heard;
        }

        private protected NpcDialogue Ready(Action<NpcDialogue> prepare = null)
        {
            Connect();
            NpcDialogue npc = Make(prepare);
            Until(() => npc.State == NpcState.Idle, "the stream is open");
            return npc;
        }

        private protected V1.ConverseSay Say(NpcDialogue npc, string text)
        {
            int before = Server.Dialogue.Said().Count;
            npc.Say(text);
            return Said(before + 1);
        }

        private protected V1.ConverseSay Said(int count)
        {
            Until(() => Server.Dialogue.Said().Count == count, "the words reach the server");
            return Server.Dialogue.Said().Last();
        }
    }
}
