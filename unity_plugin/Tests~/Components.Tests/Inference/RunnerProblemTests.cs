using NUnit.Framework;
using UnityEngine;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>What a runner says when no result arrives.</summary>
    public sealed class RunnerProblemTests : RunnerFixture
    {
        private const int Second = 60; // frames

        [Test]
        public void Without_a_connection_it_says_so()
        {
            ModelRunner runner = OnDemand();
            StubPlayer.Tick();
            Assert.That(runner.Problem, Does.Contain("no connection"));
        }

        [Test]
        public void What_is_not_set_is_told()
        {
            Connect();
            ModelRunner runner = Runner(made => made.Model = string.Empty);
            StubPlayer.Ticks(2);
            Assert.That(runner.Problem, Does.Contain("set Model"));

            runner.Model = "style";
            StubPlayer.Tick();
            Assert.That(runner.Problem, Does.Contain("set Picture, or call SetInput"));

            runner.Picture = Numbered(2, 2);
            runner.InputName = string.Empty;
            StubPlayer.Tick();
            Assert.That(runner.Problem, Does.Contain("set Input Name"));

            runner.InputName = "image";
            StubPlayer.Tick();
            Assert.That(runner.Problem, Is.Empty);
        }

        [Test]
        public void What_the_server_cannot_take_is_told_in_its_words()
        {
            Connect();
            ModelRunner runner = OnDemand();

            Server.Inference.SendStatus(Run(runner), Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.OutOfRange, "input x has another shape"));
            Until(() => runner.Problem.Length > 0, "the problem is told");
            Assert.That(runner.Problem, Is.EqualTo("input x has another shape"));

            Server.Inference.Answer(Run(runner), "y", new[] { 1f }, 1);
            Until(() => runner.Problem.Length == 0, "an answer ends it");
        }

        [Test]
        public void A_model_that_the_server_has_not_is_told()
        {
            Connect();
            ModelRunner runner = Runner(made => made.SetInput<float>("x", new[] { 1f }, new[] { 1 }));

            Open(runner);
            Play(runner, Second, request => Server.Inference.SendStatus(
                request, Outcomes.Of(V1.Disposition.Invalid, V1.ErrorReason.UnknownModel, "there is no model 'style'")));

            Assert.That(runner.Problem, Is.EqualTo("no result: there is no model 'style'"));
        }

        private void Open(ModelRunner runner) =>
            Until(() => runner.Connection.Client.Inference.IsOpen && Server.Inference.Count == runner.SentCount, "the stream is open");

        [Test]
        public void A_budget_that_is_too_short_is_told_with_a_better_one()
        {
            Connect();
            ModelRunner runner = Runner(made =>
            {
                made.SetInput<float>("x", new[] { 1f }, new[] { 1 });
                made.BudgetSeconds = 5f;
            });

            Open(runner);
            Play(runner, 2 * Second, request => Server.Inference.SendStatus(request, Outcomes.OverBudget(2, V1.Stage.Compute)));

            Assert.That(runner.Problem, Does.Contain("mostly for the model itself").And.Contain("raise Budget Seconds to about 8.40"));
            Assert.That(runner.Problem, Does.Contain("lower Runs Per Second"));
        }

        [Test]
        public void An_output_that_is_no_picture_is_told_and_the_result_still_heard()
        {
            Connect();
            ModelRunner runner = OnDemand(made => made.OutputName = "image");

            Server.Inference.Answer(Run(runner), "image", new float[4], 4);
            Until(() => runner.AnswerCount == 1, "the answer is heard");
            StubPlayer.Tick();
            Assert.That(runner.Problem, Does.Contain("output 'image'"));

            Server.Inference.Answer(Run(runner), "image", new float[4], 1, 2, 2);
            Until(() => runner.Problem.Length == 0, "one that is a picture ends it");
        }

        [Test]
        public void Runs_that_do_not_go_up_are_told()
        {
            AsyncGPUReadback.StubFail = true;
            Connect();
            ModelRunner runner = Runner(made => made.Picture = Numbered(2, 2));
            Until(() => AsyncGPUReadback.StubRequested > 0, "a picture is tried");

            StubPlayer.Ticks(2 * Second);

            Assert.That(runner.Problem, Does.Contain("none is sent"));
        }

        [Test]
        public void A_request_that_is_too_large_is_told_and_throws_nothing()
        {
            Connect();
            ModelRunner runner = OnDemand(made => made.Inputs.Prepare<byte>("large", new[] { 40 << 20 }));
            Until(() => runner.Connection.Client.Inference.IsOpen, "the stream is open");

            Assert.That(runner.TryRun(), Is.False);
            StubPlayer.Tick();

            Assert.That(runner.Problem, Does.Contain("41943044 bytes"));
        }
    }
}
