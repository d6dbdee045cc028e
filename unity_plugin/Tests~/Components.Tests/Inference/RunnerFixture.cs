using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using NUnit.Framework;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.Stub;
using V1 = FrameBridge.V1;

namespace FrameBridge.Components.Tests
{
    /// <summary>A runner of the model "style", and what it sends.</summary>
    public abstract class RunnerFixture : PlayFixture
    {
        private readonly Queue<V1.InferRequest> _waiting = new Queue<V1.InferRequest>();

        [SetUp]
        public void Forget() => _waiting.Clear();

        internal static ModelRunner Runner(Action<ModelRunner> prepare = null) => Make<ModelRunner>(made =>
        {
            made.Model = "style";
            made.RunsPerSecond = 60f;
            prepare?.Invoke(made);
        });

        /// <summary>A runner that runs only on demand, with one number as its input.</summary>
        internal static ModelRunner OnDemand(Action<ModelRunner> prepare = null) => Runner(made =>
        {
            made.RunsPerSecond = 0f;
            made.SetInput<float>("x", new[] { 1f }, new[] { 1 });
            prepare?.Invoke(made);
        });

        /// <summary>The next request that reaches the server.</summary>
        internal V1.InferRequest Request()
        {
            Until(
                () =>
                {
                    Server.Inference.Take().ForEach(_waiting.Enqueue);
                    return _waiting.Count > 0;
                },
                "a request reaches the server");
            return _waiting.Dequeue();
        }

        internal V1.InferRequest Run(ModelRunner runner)
        {
            Until(runner.TryRun, "a run is sent");
            return Request();
        }

        /// <summary>Plays frames in step with the server: what is sent in one is answered before the next.</summary>
        internal void Play(ModelRunner runner, int frames, Action<V1.InferRequest> answer)
        {
            CapabilityStatistics told = runner.Connection.Client.Statistics.Of(Capability.Inference);
            for (int i = 0; i < frames; i++)
            {
                long before = told.InBudgetCount + told.LateCount;
                List<V1.InferRequest> requests = Server.Inference.Take();
                requests.ForEach(answer);
                WaitUntil(() => told.InBudgetCount + told.LateCount == before + requests.Count, "the answers arrive");
                long sent = runner.SentCount;
                StubPlayer.Tick();
                WaitUntil(() => Server.Inference.Count == runner.SentCount - sent, "the requests arrive");
            }
        }

        private static void WaitUntil(Func<bool> holds, string what) =>
            Assert.That(SpinWait.SpinUntil(holds, TimeSpan.FromSeconds(30)), Is.True, "never: " + what);

        internal static float[] Floats(V1.InferRequest request) => MemoryMarshal.Cast<byte, float>(request.Payload.Span).ToArray();

        /// <summary>A texture whose reds are numbered from the bottom left corner.</summary>
        internal static RenderTexture Numbered(int width, int height)
        {
            var texture = new RenderTexture(width, height, 0, GraphicsFormat.R8G8B8A8_SRGB);
            var source = new Texture2D(width, height, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
            Span<byte> pixels = source.GetRawTextureData<byte>().AsSpan();
            for (int i = 0; i < width * height; i++)
            {
                pixels[4 * i] = (byte)i;
            }

            Graphics.Blit(source, texture);
            return texture;
        }
    }
}
