using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge.GameLoop
{
    /// <summary>A character that is spoken to repeatedly, and the count of its turns.</summary>
    internal sealed class Talker
    {
        private const double PauseSeconds = 1;

        private static readonly string[] Lines =
        {
            "Good evening! What is new in the village?",
            "Tell me a story about the sea.",
            "What should I buy at the market tomorrow?",
            "Who is the most interesting person here, and why?",
        };

        private readonly int _number;
        private readonly List<string> _failures = new List<string>();
        private double _nextAt;

        internal Talker(int number)
        {
            _number = number;
        }

        internal NpcDialogue Character { get; set; }

        internal int Begun { get; private set; }

        /// <summary>Events that ended a turn; should be one per turn.</summary>
        internal int Ended { get; private set; }

        internal int Complete { get; private set; }

        internal IReadOnlyList<string> Failures => _failures;

        internal static NpcPersona MakePersona(int number)
        {
            NpcPersona persona = ScriptableObject.CreateInstance<NpcPersona>();
            persona.Description = "You live in a medieval village by the sea. Reply in two or three sentences.";
            persona.Sampling = new Sampling { Seed = 100 + number, MaxTokens = 40 };
            persona.FirstTokenSeconds = 10f;
            persona.PaceSeconds = 2f;
            return persona;
        }

        internal void Listen() => Character.Heard += Hear;

        /// <summary>Speaks a moment after the last turn has ended.</summary>
        internal void Go()
        {
            if (Begun == Ended && FrameClock.Now >= _nextAt)
            {
                Say(Lines[(_number + Begun) % Lines.Length]);
            }
        }

        internal void Say(string line)
        {
            Begun++;
            Character.Say(line);
        }

        private void Hear(TurnEvent item)
        {
            if (item.Kind != TurnEventKind.Done)
            {
                return;
            }

            Ended++;
            _nextAt = FrameClock.Now + PauseSeconds;
            if (item.Result.IsComplete)
            {
                Complete++;
            }
            else
            {
                _failures.Add(item.Result.Finish + " " + item.Result.Outcome.Reason + ": " + item.Result.Outcome.Message);
            }
        }
    }
}
