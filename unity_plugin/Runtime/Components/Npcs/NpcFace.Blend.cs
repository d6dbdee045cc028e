using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>Which sentence is shown, and the way from one expression to the next: down to neutral, and up again.</summary>
    public sealed partial class NpcFace
    {
        private const int MostWaiting = 64;
        private const float StepSeconds = 1f / 12f; // between changes of the look; the server blends within
        private const float Least = 1f / 256f;

        private readonly Queue<ReplySentence> _waiting = new Queue<ReplySentence>(MostWaiting);
        private NpcDialogue _heard;
        private AvatarTexture _shownOn;
        private string _shown = string.Empty;
        private float _weight; // of the shown expression
        private float _sent;
        private float _left; // seconds that the sentence is still shown
        private float _sinceStep;

        /// <summary>Shows a sentence's emotion from now on, in place of what is shown: a voice begins to speak it.</summary>
        public void Show(ReplySentence sentence)
        {
            _waiting.Clear();
            Begin(sentence);
        }

        /// <summary>Shows the expression between sentences: a voice has ended.</summary>
        public void Rest()
        {
            _waiting.Clear();
            Sentence = null;
        }

        void IBridgeStep.Step()
        {
            AvatarTexture on = Avatar;
            if (on == null)
            {
                return;
            }

            if (!ReferenceEquals(on, _shownOn))
            {
                _shownOn = on;
                (_shown, _weight) = (on.Expression, on.Intensity);
                _sent = _weight;
            }

            float passed = Time.deltaTime;
            Advance(passed);
            Blend(passed);
            _sinceStep += passed;
            if (_sinceStep >= StepSeconds || _weight == 0f)
            {
                Send(on);
            }
        }

        private void OnEnable()
        {
            Follow(Npc);
            BridgeLoop.Add(this);
        }

        private void OnDisable()
        {
            BridgeLoop.Remove(this);
            Follow(null);
            Rest();
            _shownOn = null;
        }

        private void Follow(NpcDialogue next)
        {
            if (!(_heard is null))
            {
                _heard.Heard -= Hear;
            }

            _heard = next == null ? null : next;
            if (!(_heard is null))
            {
                _heard.Heard += Hear;
            }
        }

        private void Hear(TurnEvent item)
        {
            bool isCut = item.Kind == TurnEventKind.Done && item.Result.Finish == TurnFinish.Interrupted;
            if (isCut || item.Kind == TurnEventKind.Started)
            {
                Rest();
            }
            else if (item.Kind == TurnEventKind.Sentence && pace == NpcFacePace.Reading && item.Sentence != null)
            {
                if (_waiting.Count == MostWaiting)
                {
                    _waiting.Dequeue();
                }

                _waiting.Enqueue(item.Sentence);
            }
        }

        private void Begin(ReplySentence sentence)
        {
            Sentence = sentence;
            _left = sentence == null ? 0f : Mathf.Max(leastSeconds, sentence.Text.Length / Mathf.Max(1f, charactersPerSecond));
        }

        private void Advance(float passed)
        {
            if (pace != NpcFacePace.Reading)
            {
                return;
            }

            _left -= passed;
            if (_left <= 0f)
            {
                Begin(_waiting.Count > 0 ? _waiting.Dequeue() : null);
            }
        }

        private (string Expression, float Intensity) Wanted()
        {
            if (Sentence != null)
            {
                for (int i = 0; i < expressions.Count; i++)
                {
                    if (expressions[i].Emotion == Sentence.Emotion)
                    {
                        return (expressions[i].Expression, Mathf.Clamp01(Sentence.Intensity * expressions[i].Strength));
                    }
                }
            }
            else if (thinkingExpression.Length > 0 && !(_heard is null) && _heard.State == NpcState.Thinking)
            {
                return (thinkingExpression, 1f);
            }

            return (restExpression, restIntensity);
        }

        /// <summary>Half of the time goes down to neutral, half up again.</summary>
        private void Blend(float passed)
        {
            (string expression, float intensity) = Wanted();
            float reach = blendSeconds > 0f ? passed * 2f / blendSeconds : 1f;
            if (expression != _shown)
            {
                _weight = Mathf.Max(0f, _weight - reach);
                if (_weight > 0f)
                {
                    return;
                }

                _shown = expression;
                reach = blendSeconds > 0f ? 0f : 1f; // neutral is seen for one frame
            }

            float way = intensity - _weight;
            _weight += System.Math.Abs(way) <= reach ? way : way > 0f ? reach : -reach;
        }

        private void Send(AvatarTexture on)
        {
            if (on.Expression == _shown && System.Math.Abs(_weight - _sent) < Least)
            {
                return;
            }

            _sinceStep = 0f;
            _sent = _weight;
            on.MorphSeconds = blendSeconds > 0f ? StepSeconds : 0f;
            on.SetExpression(_shown, _weight);
        }
    }
}
