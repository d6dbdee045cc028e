using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace FrameBridge.Components.Tests
{
    /// <summary>The watch alone: outcomes frame by frame, and its verdict a second later.</summary>
    public sealed class ProblemWatchTests
    {
        private const double Frame = 1.0 / 60;

        private static readonly Outcome Model = Of(Disposition.Refused, ErrorReason.UnknownModel, "model 'avatar' is still loading");

        private static IEnumerable<TestCaseData> Causes()
        {
            yield return Row(Model, "None", "Model", "model 'avatar' is still loading").SetName("a model that is loading");
            yield return Row(Over(Stage.Compute, 0.07), "None", "Budget", "120 ms", "model itself", "0.15").SetName("the model takes longer");
            yield return Row(Over(Stage.Blocked, 0.07, "dialogue"), "None", "Budget", "'dialogue'").SetName("another model blocks");
            yield return Row(Over(Stage.Queue, 0.01), "None", "Budget", "60 ms", "earlier work").SetName("a queue");
            yield return Row(Over(Stage.Encode, 0.01), "None", "Budget", "encoding").SetName("encoding");
            yield return Row(Over(Stage.Decode, 0.01), "None", "Budget", "decoded").SetName("decoding");
            yield return Row(Over(Stage.Transport, 0.02), "None", "Link", "link", "nearer server").SetName("the link takes the budget");
            yield return Row(Of(Disposition.Missed, ErrorReason.BudgetMissed, ""), "None", "Budget", "longer").SetName("missed, not known by how much");
            yield return Row(Of(Disposition.Refused, ErrorReason.Overloaded, ""), "None", "Overloaded", "queue is full").SetName("overloaded");
            yield return Row(
                Of(Disposition.Refused, ErrorReason.Overloaded, "", Stage.Transport), "None", "Backlog", "still in transit").SetName("not acknowledged");
            yield return Row(Of(Disposition.Superseded, ErrorReason.Superseded, ""), "None", "Backlog", "back").SetName("only superseded");
            yield return Row(Of(Disposition.Cancelled, ErrorReason.Cancelled, ""), "None", "Silence", "log").SetName("only cancelled");
            yield return Row(Of(Disposition.Failed, ErrorReason.DeviceLost, "the device hangs"), "Request", "Request", "the device hangs").SetName("the device hangs");
            yield return Row(Of(Disposition.Invalid, ErrorReason.InvalidImage, "no picture"), "Request", "Request", "no picture").SetName("a wrong request is told at once");
            yield return Row(Of(Disposition.Refused, ErrorReason.ShuttingDown, "the server is shutting down"), "None", "Request", "shutting").SetName("stopping");
            yield return Row(null, "None", "Silence", "no frame for 1 s", "connection is ready").SetName("nothing at all");
        }

        [TestCaseSource(nameof(Causes))]
        public void After_a_second_the_cause_is_named(object outcome, string atFirst, string kind, string[] words)
        {
            var watch = new Played();
            if (outcome != null)
            {
                watch.Unmet((Outcome)outcome);
            }

            Assert.That(watch.Step().Kind.ToString(), Is.EqualTo(atFirst), "after the first one");
            ProblemCause cause = watch.For(0.98, () => watch.Every(2, () => Tell(watch, outcome)));

            Assert.That(cause.Kind.ToString(), Is.EqualTo(kind));
            foreach (string word in words)
            {
                Assert.That(ProblemSentences.Of(cause, ProblemWords.Frames), Does.Contain(word));
            }

            watch.Answered();
            Assert.That(watch.Step().Kind, Is.EqualTo(ProblemKind.None), "after one in time");
        }

        [Test]
        public void One_late_frame_in_ten_is_no_problem()
        {
            var watch = new Played();
            for (int i = 0; i < 600; i++)
            {
                if (i % 20 == 0)
                {
                    watch.Late(0.2);
                }
                else if (i % 2 == 0)
                {
                    watch.Answered();
                }

                Assert.That(watch.Step().Kind, Is.EqualTo(ProblemKind.None));
            }
        }

        [Test]
        public void Hardly_any_frame_in_time_is_one()
        {
            var watch = new Played();
            bool isTold = false;
            for (int i = 0; i < 240; i++)
            {
                if (i % 24 == 0)
                {
                    watch.Answered(); // one in twelve, often enough that there is never a second without
                }
                else if (i % 2 == 0)
                {
                    watch.Unmet(Over(Stage.Compute, 0.07));
                }

                isTold |= watch.Step().Kind == ProblemKind.Budget;
            }

            Assert.That(isTold, Is.True);
        }

        [Test]
        public void Late_answers_name_the_link_and_the_budget()
        {
            var watch = new Played { Link = 0.18 };
            ProblemCause cause = watch.For(0.98, () => watch.Every(2, () => watch.Late(0.23)));

            string sentence = ProblemSentences.Of(cause, ProblemWords.Frames);

            Assert.That(
                sentence, Does.Contain("180 ms").And.Contain("230 ms").And.Contain("50 ms").And.Contain("raise Budget Seconds to about 0.28"));
        }

        [Test]
        public void A_link_that_takes_the_whole_budget_is_the_cause_whatever_stage_is_named()
        {
            var watch = new Played { Link = 0.06 };

            ProblemCause cause = watch.For(0.98, () => watch.Every(2, () => watch.Unmet(Over(Stage.Compute, 0.02))));

            Assert.That(cause.Kind, Is.EqualTo(ProblemKind.Link));
        }

        [Test]
        public void Earlier_frames_again_and_again_are_a_budget_that_is_too_small()
        {
            var watch = new Played();
            ProblemCause cause = watch.For(0.98, () => watch.Every(2, () => watch.Answered(true)));

            Assert.That(cause.Kind, Is.EqualTo(ProblemKind.Repeat));
            Assert.That(
                ProblemSentences.Of(cause, ProblemWords.Frames), Does.Contain("only earlier frames").And.Contain("allows 50 ms").And.Contain("raise"));

            watch.Answered();
            Assert.That(watch.Step().Kind, Is.EqualTo(ProblemKind.None));
        }

        [Test]
        public void A_slow_rate_is_not_taken_for_silence()
        {
            var watch = new Played { Period = 1 };
            for (int second = 0; second < 5; second++)
            {
                watch.Answered();
                ProblemCause cause = watch.For(1, () => { });
                Assert.That(cause.Kind, Is.EqualTo(ProblemKind.None));
            }

            Assert.That(watch.For(0.6, () => { }).Kind, Is.EqualTo(ProblemKind.Silence));
        }

        [Test]
        public void An_answer_that_may_take_two_seconds_is_waited_for()
        {
            var watch = new Played { Patience = 2 };

            Assert.That(watch.For(1.9, () => { }).Kind, Is.EqualTo(ProblemKind.None));
            Assert.That(watch.For(0.2, () => { }).Kind, Is.EqualTo(ProblemKind.Silence));
        }

        [Test]
        public void A_hitch_of_the_game_is_no_silence()
        {
            var watch = new Played();
            watch.Answered();
            watch.Step();

            Assert.That(watch.Step(3).Kind, Is.EqualTo(ProblemKind.None));
        }

        [Test]
        public void A_silence_after_refusals_becomes_a_silence()
        {
            var watch = new Played();
            watch.For(1, () => watch.Every(2, () => watch.Unmet(Model)));

            Assert.That(watch.For(2, () => { }).Kind, Is.EqualTo(ProblemKind.Silence));
        }

        [Test]
        public void What_is_not_expected_is_not_missed()
        {
            var watch = new Played();
            watch.Stop();

            Assert.That(watch.For(5, () => { }).Kind, Is.EqualTo(ProblemKind.None));
            watch.Expect();
            Assert.That(watch.Step().Kind, Is.EqualTo(ProblemKind.None), "it has its time first");
        }

        [Test]
        public void Numbers_that_move_a_little_keep_their_sentence()
        {
            var one = new ProblemCause { Kind = ProblemKind.Budget, NeededSeconds = 0.1, BudgetSeconds = 0.05 };
            ProblemCause other = one;
            other.NeededSeconds = 0.12;
            Assert.That(one.IsSaidBy(other), Is.True);

            other.NeededSeconds = 0.2;
            Assert.That(one.IsSaidBy(other), Is.False);
            Assert.That(one.IsLike(other), Is.True, "and it is logged once");
        }

        private static void Tell(Played watch, object outcome)
        {
            if (outcome != null)
            {
                watch.Unmet((Outcome)outcome);
            }
        }

        private static TestCaseData Row(object outcome, string atFirst, string kind, params string[] words) =>
            new TestCaseData(outcome, atFirst, kind, words);

        private static Outcome Over(Stage stage, double seconds, string blockedBy = "")
        {
            Outcome outcome = Of(Disposition.Refused, ErrorReason.BudgetUnmeetable, "refused early", stage);
            outcome.OverMicros = (long)(seconds * 1e6);
            outcome.BlockedBy = blockedBy;
            return outcome;
        }

        private static Outcome Of(Disposition disposition, ErrorReason reason, string message, Stage stage = Stage.Unspecified) =>
            new Outcome { Disposition = disposition, Reason = reason, Message = message, Stage = stage, BlockedBy = string.Empty };

        /// <summary>A watch and the clock of a game with 60 frames a second that asks 30 times a second.</summary>
        private sealed class Played
        {
            private readonly ProblemWatch _watch = new ProblemWatch();
            private double _now = 100;
            private int _frame;

            internal Played()
            {
                _watch.Advance(_now);
                _watch.Restart();
            }

            internal double Period { get; set; } = 1.0 / 30;

            internal double Patience { get; set; }

            internal double Link { get; set; } = 0.001;

            internal void Answered(bool isRepeated = false) => _watch.Answered(isRepeated);

            internal void Late(double elapsed) => _watch.Late(elapsed);

            internal void Unmet(Outcome outcome) => _watch.Unmet(outcome);

            internal void Stop() => _watch.Stop();

            internal void Expect() => _watch.Expect();

            internal void Every(int frames, Action act)
            {
                if (_frame % frames == 0)
                {
                    act();
                }
            }

            internal ProblemCause Step(double seconds = Frame)
            {
                _frame++;
                _now += seconds;
                _watch.Advance(_now);
                return _watch.Judge(Period, Patience, 0.05, Link);
            }

            internal ProblemCause For(double seconds, Action each)
            {
                ProblemCause cause = default;
                for (double until = _now + seconds - Frame; _now < until;)
                {
                    each();
                    cause = Step();
                }

                return cause;
            }
        }
    }
}
