using System;
using System.Collections.Generic;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Rendering;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    public sealed class ModelRunnerTests : RunnerFixture
    {
        [Test]
        public void A_texture_goes_up_as_planes_with_its_top_row_first()
        {
            Connect();
            Runner(made =>
            {
                made.Picture = Numbered(2, 3);
                made.Width = 2;
                made.Height = 3;
                made.BudgetSeconds = 0.5f;
                made.Ladder = LadderPolicy.BestOnly;
            });

            V1.InferRequest message = Request();

            V1.InferenceRequest request = message.Request;
            Assert.That((request.Model, request.LatestOnly, request.Budget.BudgetMicros), Is.EqualTo(("style", true, 500_000)));
            Assert.That(request.Budget.Ladder, Is.EqualTo(V1.LadderPolicy.BestOnly));
            Assert.That((request.Inputs[0].Name, request.Inputs[0].DataType), Is.EqualTo(("image", V1.DataType.Float32)));
            Assert.That(request.Inputs[0].Shape, Is.EqualTo(new[] { 3, 3, 2 }));
            Assert.That(Floats(message).Take(6), Is.EqualTo(new[] { 4, 5, 2, 3, 0, 1 }.Select(red => red / 255f)));
        }

        [Test]
        public void A_texture_goes_up_as_bytes_in_the_size_of_the_model()
        {
            Connect();
            Runner(made =>
            {
                made.Picture = Numbered(8, 8);
                made.Width = 4;
                made.Height = 2;
                made.InputName = "pixels";
                made.InputLayout = TensorLayout.UInt8Hwc;
                made.Rows = PictureRows.TopFirst;
            });

            V1.InferRequest message = Request();

            Assert.That((message.Request.Inputs[0].Name, message.Request.Inputs[0].DataType), Is.EqualTo(("pixels", V1.DataType.Uint8)));
            Assert.That(message.Request.Inputs[0].Shape, Is.EqualTo(new[] { 2, 4, 3 }));
            Assert.That(message.Payload.Length, Is.EqualTo(24));
            Assert.That(message.Payload[0], Is.LessThan(message.Payload[12]), "the rows keep their order");
        }

        [Test]
        public void Tensors_from_code_go_up_with_the_texture()
        {
            Connect();
            Runner(made =>
            {
                made.Picture = Numbered(2, 2);
                made.Width = made.Height = 2;
                made.SetInput<float>("strength", new[] { 0.5f }, ReadOnlySpan<int>.Empty);
            });

            V1.InferRequest message = Request();

            Assert.That(message.Request.Inputs.Select(one => one.Name), Is.EqualTo(new[] { "strength", "image" }));
            Assert.That(Floats(message)[0], Is.EqualTo(0.5f));
        }

        [Test]
        public void A_result_is_read_by_name_until_the_next()
        {
            Connect();
            ModelRunner runner = OnDemand();
            var heard = new List<float>();
            runner.Answered += result => heard.Add(result.Outputs.Get<float>("y")[0]);
            Assert.That(runner.TryGetResult(out _), Is.False);

            V1.InferRequest first = Run(runner);
            Server.Inference.Answer(first, "y", new[] { 7f, 8f }, 2);
            Until(() => heard.Count == 1, "the answer is heard");
            Server.Inference.SendStatus(Run(runner), Outcomes.Refused(V1.ErrorReason.Overloaded));
            Until(() => runner.Problem.Length > 0, "the refusal is heard");

            Assert.That(runner.TryGetResult(out InferenceResult last), Is.True);
            Assert.That((last.RequestIndex, last.IsAnswered), Is.EqualTo((first.Request.RequestIndex, true)));
            Assert.That(last.Outputs.Get<float>("y").ToArray(), Is.EqualTo(new[] { 7f, 8f }));
            Assert.That((runner.SentCount, runner.AnswerCount, heard[0]), Is.EqualTo((2, 1, 7f)));
        }

        [Test]
        public void Without_latest_only_each_run_ends_in_one_result()
        {
            Connect();
            ModelRunner runner = OnDemand(made => made.LatestOnly = false);
            var ended = new List<(float, bool)>();
            runner.Answered += result => ended.Add((result.Outputs.Get<float>("y")[0], true));
            runner.Unanswered += result => ended.Add((0f, false));
            var requests = new List<V1.InferRequest> { Run(runner), Run(runner), Run(runner) };
            Assert.That(requests.All(one => !one.Request.LatestOnly), Is.True);

            Server.Inference.Answer(requests[2], "y", new[] { 3f }, 1);
            Server.Inference.SendStatus(requests[1], Outcomes.Refused(V1.ErrorReason.Overloaded));
            Server.Inference.Answer(requests[0], "y", new[] { 1f }, 1);

            Until(() => ended.Count == 3, "all have ended");
            Assert.That(ended, Is.EqualTo(new[] { (3f, true), (0f, false), (1f, true) }));
        }

        [Test]
        public void An_output_is_shown_upright_in_one_texture()
        {
            Connect();
            var textures = new List<Texture>();
            ModelRunner runner = OnDemand(made =>
            {
                made.OutputName = "image";
                made.OnTextureChanged.AddListener(textures.Add);
            });

            Server.Inference.Answer(Run(runner), "image", Enumerable.Range(0, 6).Select(i => i / 255f).ToArray(), 1, 3, 2);
            Until(() => runner.AnswerCount == 1, "it is shown");
            Assert.That((runner.Texture.width, runner.Texture.height), Is.EqualTo((2, 3)));
            Assert.That(Reds(runner.Texture), Is.EqualTo(new[] { 4, 5, 2, 3, 0, 1 }));

            byte[] bytes = Enumerable.Range(0, 18).Select(i => (byte)(i / 3 + 50)).ToArray();
            Server.Inference.Answer(Run(runner), "image", V1.DataType.Uint8, bytes, 3, 2, 3);
            Until(() => runner.AnswerCount == 2, "it is shown");
            Assert.That(Reds(runner.Texture), Is.EqualTo(new[] { 54, 55, 52, 53, 50, 51 }));
            Assert.That(textures, Has.Count.EqualTo(1), "the texture stays while its size does");

            Server.Inference.Answer(Run(runner), "image", new float[4], 1, 2, 2);
            Until(() => textures.Count == 2, "another size needs another texture");
            Texture2D last = runner.Texture;
            Assert.That((ReferenceEquals(textures[1], last), textures[0] == null), Is.EqualTo((true, true)));

            UnityEngine.Object.Destroy(runner.gameObject);
            StubPlayer.Ticks(2);
            Assert.That(last == null, Is.True, "it goes with its runner");
        }

        [Test]
        public void A_blocked_link_drops_runs_and_keeps_none_waiting()
        {
            Connect();
            ModelRunner runner = Runner(made =>
            {
                made.Picture = Numbered(2, 2);
                made.Width = made.Height = 2;
            });
            Request();
            Server.Inference.Way.Reset();

            StubPlayer.Ticks(60);

            Assert.That((runner.SentCount <= InferenceSlot.MaxOpen, runner.DroppedCount > 10), Is.EqualTo((true, true)));
            Server.Inference.Way.Set();
        }

        [Test]
        public void A_disabled_runner_leaves_nothing_behind()
        {
            Connect();
            ModelRunner runner = Runner(made =>
            {
                made.Picture = Numbered(2, 2);
                made.Width = made.Height = 2;
            });
            Request();

            runner.enabled = false;

            Until(() => Server.Inference.SlotsClosed == 1, "the slot is closed");
            Assert.That(runner.TryRun(), Is.False);
            runner.enabled = true;
            Request();
        }

        [Test]
        public void A_change_of_latest_only_takes_another_slot()
        {
            Connect();
            ModelRunner runner = OnDemand();
            Assert.That(Run(runner).Request.LatestOnly, Is.True);

            runner.LatestOnly = false;

            Assert.That(Run(runner).Request.LatestOnly, Is.False);
            Assert.That(Server.Inference.SlotsClosed, Is.EqualTo(1));
        }

        [Test]
        public void It_runs_again_after_a_lost_connection()
        {
            Connect();
            ModelRunner runner = OnDemand();
            Run(runner);

            Server.Kill();
            Until(() => runner.Connection.State != BridgeState.Ready, "the loss is seen");
            Assert.That(runner.TryRun(), Is.False);
            Server.IsUp = true;

            Server.Inference.Answer(Run(runner), "y", new[] { 1f }, 1);
            Until(() => runner.AnswerCount == 1, "an answer");
        }

        private static int[] Reds(Texture2D texture)
        {
            byte[] bytes = texture.StubBytes.ToArray();
            return Enumerable.Range(0, bytes.Length / 4).Select(i => (int)bytes[4 * i]).ToArray();
        }
    }
}
