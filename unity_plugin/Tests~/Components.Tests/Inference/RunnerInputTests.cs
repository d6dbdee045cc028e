using System;
using NUnit.Framework;
using UnityEngine.LowLevel;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>What a runner says, before it sends anything, when its model takes other inputs.</summary>
    public sealed class RunnerInputTests : RunnerFixture
    {
        [Test]
        public void Inputs_that_fit_are_sent()
        {
            Serve(Spec("image", TensorType.Float32, 3, 2, 4), Spec("x", TensorType.Float32, 1));
            ModelRunner runner = OnDemand(Picture);
            V1.InferRequest request = Run(runner);
            Assert.That((request.Request.Inputs.Count, runner.Problem), Is.EqualTo((2, string.Empty)));
        }

        [Test]
        public void A_model_that_declares_nothing_is_asked()
        {
            Serve();
            Run(OnDemand(made => made.SetInput<int>("anything", new[] { 1 }, new[] { 1 })));
        }

        [Test]
        public void A_range_of_sizes_is_taken_and_no_other()
        {
            var range = new TensorSpec("x", TensorType.Float32, new[] { new TensorDimension(1, 3), new TensorDimension(0, 0) });
            Serve(range);
            ModelRunner runner = OnDemand(made => made.SetInput<float>("x", new float[6], new[] { 3, 2 }));
            Run(runner);

            runner.SetInput<float>("x", new float[4], new[] { 4, 1 });
            Refused(runner, "the input 'x' is float32 [4, 1], and the model 'style' takes float32 [1 to 3, any]; set it in that shape");

            runner.SetInput<float>("x", new float[5], new[] { 5, 1 });
            Refused(runner, "the input 'x' is float32 [5, 1], and the model 'style' takes float32 [1 to 3, any]; set it in that shape");

            runner.SetInput<float>("x", new float[9], new[] { 1, 9 });
            Run(runner);
            StubPlayer.Tick();
            Assert.That(runner.Problem, Is.Empty);
        }

        [Test]
        public void A_name_that_the_model_does_not_have_is_told()
        {
            Serve(Spec("y", TensorType.Float32, 1), Spec("z", TensorType.Float32, 1));
            ModelRunner runner = OnDemand();
            Refused(runner, "the model 'style' takes y, z, but no input 'x'; correct the name, or remove it from Inputs");
        }

        [Test]
        public void An_input_that_is_missing_is_told()
        {
            Serve(Spec("x", TensorType.Float32, 1), Spec("strength", TensorType.Float32));
            ModelRunner runner = OnDemand();
            Refused(runner, "the model 'style' also takes 'strength' (float32 []), which is not set; call SetInput");
        }

        [Test]
        public void Another_number_format_is_told()
        {
            Serve(Spec("x", TensorType.Float16, 1));
            ModelRunner runner = OnDemand();
            Refused(runner, "the input 'x' is float32 [1], and the model 'style' takes float16 [1]; set it with values of that type");
        }

        [Test]
        public void A_dimension_for_the_batch_is_told()
        {
            Serve(Spec("x", TensorType.Float32, 2));
            ModelRunner runner = OnDemand(made => made.SetInput<float>("x", new float[2], new[] { 1, 2 }));
            Refused(runner, "the input 'x' is float32 [1, 2], and the model 'style' takes float32 [2]; leave out the dimension of the batch");
        }

        [TestCase(TensorType.Float32, new[] { 3, 2, 5 }, "change Width and Height")]
        [TestCase(TensorType.Float32, new[] { 1, 2, 4 }, "a texture is sent with three channels: leave Picture empty and call SetInput")]
        [TestCase(TensorType.Float32, new[] { 8 }, "a texture is sent with three channels: leave Picture empty and call SetInput")]
        [TestCase(TensorType.UInt8, new[] { 2, 4, 3 }, "set Input Layout to UInt8 Hwc")]
        [TestCase(TensorType.Int32, new[] { 2, 4, 3 }, "a texture is sent as float32 or uint8: leave Picture empty and call SetInput")]
        public void A_texture_that_does_not_fit_is_told(TensorType type, int[] sizes, string mend)
        {
            Serve(Spec("image", type, sizes), Spec("x", TensorType.Float32, 1));
            ModelRunner runner = OnDemand(Picture);
            Refused(runner, $"the input 'image' is float32 [3, 2, 4], and the model 'style' takes {Spec("image", type, sizes)}; {mend}");
        }

        [Test]
        public void A_texture_in_the_other_layout_is_told_too()
        {
            Serve(Spec("image", TensorType.Float32, 3, 2, 4), Spec("x", TensorType.Float32, 1));
            ModelRunner runner = OnDemand(made =>
            {
                Picture(made);
                made.InputLayout = TensorLayout.UInt8Hwc;
            });
            Refused(runner, "the input 'image' is uint8 [2, 4, 3], and the model 'style' takes float32 [3, 2, 4]; set Input Layout to Float32 Chw");
            runner.InputLayout = TensorLayout.Float32Chw;
            Run(runner);
        }

        [Test]
        public void A_texture_under_a_wrong_name_is_told_and_sent_once_it_is_right()
        {
            Serve(Spec("picture", TensorType.Float32, 3, 2, 4), Spec("x", TensorType.Float32, 1));
            ModelRunner runner = OnDemand(Picture);
            Refused(runner, "the model 'style' takes picture, x, but no input 'image'; set Input Name to the name of an input");
            runner.InputName = "picture";
            Run(runner);
        }

        [Test]
        public void A_texture_that_gets_another_name_leaves_none_behind()
        {
            Serve();
            ModelRunner runner = OnDemand(Picture);
            Run(runner);
            runner.InputName = "other";
            V1.InferRequest request = Run(runner);
            Assert.That((request.Request.Inputs.Count, request.Request.Inputs[1].Name), Is.EqualTo((2, "other")));
        }

        [Test]
        public void Steady_runs_wait_until_the_model_takes_the_inputs()
        {
            Server.Minor = 3;
            Serve(Spec("x", TensorType.Float32, 2));
            ModelRunner runner = Runner(made => made.SetInput<float>("x", new[] { 1f }, new[] { 1 }));
            Until(() => runner.Problem.Contains("set it in that shape") && runner.Connection.Client.Inference.IsOpen, "the problem is told");
            StubPlayer.Ticks(30);
            Assert.That((runner.SentCount, runner.DroppedCount), Is.EqualTo((0L, 0L)));

            Until(() => Server.IsWatched, "models are watched");
            Server.Tell(Model(0, Spec("x", TensorType.Float32, 1)));
            Request();
            Assert.That(runner.Problem, Is.Empty);
        }

        [Test]
        public void A_problem_is_told_again_without_garbage()
        {
            Serve(Spec("y", TensorType.Float32, 1));
            ModelRunner runner = Runner(made => made.SetInput<float>("x", new[] { 1f }, new[] { 1 }));
            Until(() => runner.Problem.Length > 0, "the problem is told");
            StubPlayer.Ticks(120);
            long made = 0;
            long before = 0;
            Action<Type, bool> measure = (system, begins) =>
            {
                made += begins ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
                before = GC.GetAllocatedBytesForCurrentThread();
            };

            PlayerLoop.StubAround += measure;
            StubPlayer.Ticks(120);
            PlayerLoop.StubAround -= measure;

            Assert.That((runner.Problem.Length > 0, made), Is.EqualTo((true, 0L)));
        }

        [Test]
        public void The_models_default_budget_is_in_the_sentence()
        {
            Serve(2_000_000, Spec("x", TensorType.Float32, 1));
            ModelRunner runner = OnDemand();
            Server.Inference.SendStatus(Run(runner), Outcomes.OverBudget(1, V1.Stage.Compute));
            Until(() => runner.Problem.Length > 0, "the problem is told");
            Assert.That(runner.Problem, Does.Contain("Budget Seconds is the model's default of 2000 ms").And.Contain("raise Budget Seconds to about 3.60"));

            runner.BudgetSeconds = 4f;
            StubPlayer.Tick();
            Assert.That(runner.Problem, Does.Contain("Budget Seconds allows 4000 ms"));
        }

        private static void Picture(ModelRunner made)
        {
            made.Picture = Numbered(4, 2);
            (made.Width, made.Height) = (4, 2);
        }

        private static TensorSpec Spec(string name, TensorType type, params int[] sizes) =>
            new TensorSpec(name, type, Array.ConvertAll(sizes, size => new TensorDimension(size, size)));

        private static BridgeModel Model(long budgetMicros, params TensorSpec[] inputs) => new BridgeModel(
            "style", Capability.Inference, ModelState.Ready, "1", string.Empty, null, inputs: inputs, defaultBudgetMicros: budgetMicros);

        private void Serve(params TensorSpec[] inputs) => Serve(0, inputs);

        private void Serve(long budgetMicros, params TensorSpec[] inputs)
        {
            Server.Models = new[] { Model(budgetMicros, inputs) };
            Connect();
        }

        private void Refused(ModelRunner runner, string sentence)
        {
            Until(() => runner.Connection.Client.Inference.IsOpen, "the stream is open");
            long sent = runner.SentCount;
            Assert.That(runner.TryRun(), Is.False);
            StubPlayer.Ticks(4);
            Assert.That((runner.Problem, runner.SentCount), Is.EqualTo((sentence, sent)));
        }
    }
}
