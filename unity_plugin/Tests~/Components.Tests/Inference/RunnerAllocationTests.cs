using System;
using System.Linq;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.LowLevel;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    public sealed class RunnerAllocationTests : RunnerFixture
    {
        private const int Side = 32;
        private const int WarmUp = 120;
        private const int Frames = 600;

        private readonly float[] _picture = Enumerable.Repeat(0.5f, 3 * Side * Side).ToArray();
        private long _before;
        private long _made;

        [Test]
        public void The_step_makes_no_garbage_in_600_frames([Values] bool latestOnly, [Values] TensorLayout layout)
        {
            Assert.That(
                Environment.GetEnvironmentVariable("DOTNET_JitObjectStackAllocation"),
                Is.EqualTo("0"),
                "objects on the stack would be counted as none; run with test.runsettings");
            Server.Models = new[] { Declared(layout) };
            Connect();
            ModelRunner runner = Runner(made =>
            {
                made.LatestOnly = latestOnly;
                made.InputLayout = layout;
                made.Picture = new RenderTexture(64, 64, 0, GraphicsFormat.R8G8B8A8_SRGB);
                made.Width = made.Height = Side;
                made.OutputName = "image";
            });
            float sum = 0;
            runner.Answered += result => sum += result.Outputs.Get<float>("image")[0] + result.Outputs.ShapeOf("image")[0];
            UseAllBuffersOnce(runner);
            Play(runner, WarmUp);
            long answers = runner.AnswerCount;

            PlayerLoop.StubAround += Measure;
            Play(runner, Frames);
            PlayerLoop.StubAround -= Measure;

            Assert.That(runner.AnswerCount - answers, Is.GreaterThan(100), "answers were shown meanwhile");
            Assert.That(sum, Is.GreaterThan(0f));
            Assert.That(_made, Is.Zero, "bytes allocated in the step");
        }

        /// <summary>The model with the input that is sent, so that it is compared in each frame, and a default budget.</summary>
        private static BridgeModel Declared(TensorLayout layout)
        {
            var (side, channels) = (new TensorDimension(1, Side), new TensorDimension(3, 3));
            TensorSpec image = layout == TensorLayout.Float32Chw
                ? new TensorSpec("image", TensorType.Float32, new[] { channels, side, side })
                : new TensorSpec("image", TensorType.UInt8, new[] { side, side, channels });
            return new BridgeModel(
                "style", Capability.Inference, ModelState.Ready, "1", string.Empty, null, inputs: new[] { image }, defaultBudgetMicros: 30_000_000);
        }

        /// <summary>A buffer has its size after its first use; on a slow link all that may be are used.</summary>
        private void UseAllBuffersOnce(ModelRunner runner)
        {
            Server.Inference.Way.Reset();
            Until(() => runner.SentCount == InferenceSlot.MaxOpen, "as many runs as possible are unanswered");
            StubPlayer.Ticks(4); // pictures are read back and dropped
            Server.Inference.Way.Set();
            Until(() => Server.Inference.Count == InferenceSlot.MaxOpen, "they reach the server");
        }

        private void Play(ModelRunner runner, int frames) =>
            Play(runner, frames, request => Server.Inference.Answer(request, "image", _picture, 3, Side, Side));

        private void Measure(Type system, bool begins)
        {
            if (begins)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else
            {
                _made += GC.GetAllocatedBytesForCurrentThread() - _before;
            }
        }
    }
}
