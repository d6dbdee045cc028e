using System.Collections.Generic;
using System.Linq;
using UnityEditor;

namespace FrameBridge.Editor
{
    /// <summary>Shows a reply sentence by sentence, with what made each and what it rests on.</summary>
    internal static class ReplyFields
    {
        private const int MostShown = 12;

        /// <summary>Draws the reply of a turn that is over.</summary>
        public static void Draw(TurnResult result, NpcDialogue speaker)
        {
            foreach (var sentence in result.Sentences)
            {
                EditorGUILayout.HelpBox(sentence.Text, MessageType.None);
                Draw(sentence, result.Trace, speaker);
            }

            foreach (var call in result.Calls)
            {
                EditorGUILayout.LabelField("Action", $"{call.Name} {call.Arguments.Json}{Ended(call.Ending)}");
            }

            if (result.Trace != null)
            {
                Draw(result.Trace);
            }

            if (result.Moderation != null)
            {
                EditorGUILayout.LabelField("Moderation", $"{result.Moderation.Outcome}: {Listed(result.Moderation.Reasons, "no reason")}");
            }
        }

        private static void Draw(ReplySentence sentence, TurnTrace trace, NpcDialogue speaker)
        {
            if (sentence.Emotion != NpcEmotion.Unknown)
            {
                EditorGUILayout.LabelField("Emotion", $"{sentence.Emotion} {sentence.Intensity:0.00}");
            }

            if (sentence.Trace == null)
            {
                return;
            }

            EditorGUILayout.LabelField("Made by", $"{sentence.Trace.Stage}: {Listed(sentence.Trace.Sources, "no source")}");
            foreach (var source in sentence.Trace.Sources)
            {
                var known = trace?.Known.FirstOrDefault(fact => fact.Source == source);
                var text = known != null ? known.Text : SourceText.Of(source, Character(speaker), speaker.Memories);
                if (text.Length > 0)
                {
                    EditorGUILayout.LabelField(source, text);
                }
            }
        }

        /// <summary>The server's files are not known here: of their facts only those are shown that the trace has.</summary>
        private static Npc Character(NpcDialogue speaker) =>
            speaker.Persona != null && speaker.Persona.Source == NpcSource.Character ? speaker.Persona.Npc : new Npc();

        private static string Ended(ActionEnding ending) => ending == ActionEnding.None ? string.Empty : $" ({ending})";

        private static string Listed(IReadOnlyList<string> texts, string otherwise) => texts.Count == 0 ? otherwise : string.Join(", ", texts);

        private static void Draw(TurnTrace trace)
        {
            var intent = trace.Intent.Length > 0 ? trace.Intent : trace.Nearest.Length > 0 ? $"free talk, nearest {trace.Nearest}" : "free talk";
            EditorGUILayout.LabelField("Intent", $"{intent} ({trace.Similarity:0.00})");
            foreach (var fact in trace.Known.Take(MostShown))
            {
                EditorGUILayout.LabelField("Knew", $"{fact.Text} [{fact.Source}]");
            }

            foreach (var sentence in trace.Rejected.Take(MostShown))
            {
                EditorGUILayout.LabelField(sentence.Regenerated ? "Rejected, written again" : "Rejected, replaced", $"{sentence.Text} ({sentence.Reason})");
            }
        }
    }
}
