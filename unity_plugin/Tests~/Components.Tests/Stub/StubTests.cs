using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using NUnit.Framework;
using Unity.Collections;
using UnityEngine;
using UnityEngine.Experimental.Rendering;
using UnityEngine.LowLevel;
using UnityEngine.Rendering;
using UnityEngine.Stub;

namespace FrameBridge.Components.Tests
{
    /// <summary>
    /// The stub refuses and delays what Unity refuses and delays; otherwise the other tests would prove little.
    /// </summary>
    public sealed class StubTests : PlayFixture
    {
        [Test]
        public void What_belongs_to_the_main_thread_throws_on_another_one()
        {
            var texture = new Texture2D(4, 4, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None);
            var holder = new GameObject();
            Action[] calls =
            {
                () => _ = new Texture2D(4, 4, GraphicsFormat.R8G8B8A8_SRGB, TextureCreationFlags.None),
                () => texture.Apply(false, false),
                () => texture.GetRawTextureData<byte>(),
                () => holder.SetActive(false),
                () => _ = holder.transform,
                () => _ = Time.unscaledTimeAsDouble,
                () => _ = PlayerLoop.GetCurrentPlayerLoop(),
                () => UnityEngine.Object.Destroy(holder),
            };

            foreach (Action call in calls)
            {
                Exception thrown = Task.Run(() => Assert.Catch(() => call())).Result;
                Assert.That(thrown, Is.TypeOf<UnityException>());
                Assert.That(thrown.Message, Does.Contain("main thread"));
            }
        }

        [Test]
        public void A_destroyed_object_is_null_from_the_end_of_the_frame_on()
        {
            Recorder one = Make<Recorder>();
            UnityEngine.Object.Destroy(one.gameObject);
            Assert.That(one == null, Is.False);

            StubPlayer.Tick();

            Assert.That(one == null, Is.True);
            Assert.That(one.Heard.Skip(one.Heard.Count - 2), Is.EqualTo(new[] { "OnDisable", "OnDestroy" }));
        }

        [Test]
        public void A_script_is_active_from_its_OnEnable_on_and_not_yet_in_Awake()
        {
            Waking one = Make<Waking>();

            Assert.That(one.WasActiveInAwake, Is.False);
            Assert.That(one.WasActiveInOnEnable, Is.True);
        }

        [Test]
        public void In_edit_mode_nothing_wakes()
        {
            StubPlayer.ExitPlayMode();

            var one = new GameObject().AddComponent<Recorder>();
            StubPlayer.Tick();

            Assert.That(one.Heard, Is.Empty);
        }

        [Test]
        public void The_life_cycle_comes_in_Unitys_order()
        {
            var holder = new GameObject();
            Recorder one = holder.AddComponent<Recorder>();
            StubPlayer.Tick();
            holder.SetActive(false);
            StubPlayer.Tick();
            holder.SetActive(true);
            StubPlayer.Tick();
            UnityEngine.Object.DestroyImmediate(holder);

            Assert.That(
                one.Heard,
                Is.EqualTo(new[]
                {
                    "Awake", "OnEnable", "Start", "Update", "LateUpdate", "OnDisable",
                    "OnEnable", "Update", "LateUpdate", "OnDisable", "OnDestroy",
                }));
        }

        [Test]
        public void A_component_of_an_inactive_object_sleeps()
        {
            var holder = new GameObject();
            holder.SetActive(false);
            Recorder one = holder.AddComponent<Recorder>();
            StubPlayer.Tick();

            Assert.That(one.Heard, Is.Empty);
        }

        [Test]
        public void A_change_of_the_loop_is_none_until_it_is_set()
        {
            PlayerLoopSystem loop = PlayerLoop.GetCurrentPlayerLoop();
            int before = loop.subSystemList.Length;
            loop.subSystemList[0] = default;

            Assert.That(PlayerLoop.GetCurrentPlayerLoop().subSystemList[0].type, Is.Not.Null);
            Assert.That(PlayerLoop.GetCurrentPlayerLoop().subSystemList, Has.Length.EqualTo(before));
        }

        [Test]
        public void Memory_that_a_readback_writes_cannot_be_freed_nor_given_twice()
        {
            var target = new RenderTexture(2, 2, 0, GraphicsFormat.R8G8B8A8_SRGB);
            var memory = new NativeArray<byte>(16, Allocator.Persistent);
            AsyncGPUReadback.RequestIntoNativeArray(ref memory, target, 0, GraphicsFormat.R8G8B8A8_SRGB);

            Assert.That(() => memory.Dispose(), Throws.InvalidOperationException);
            Assert.That(
                () => AsyncGPUReadback.RequestIntoNativeArray(ref memory, target, 0, GraphicsFormat.R8G8B8A8_SRGB),
                Throws.InvalidOperationException);
            AsyncGPUReadback.WaitAllRequests();
            memory.Dispose();
        }

        [Test]
        public void Awaiting_on_the_main_thread_resumes_there_in_a_later_step()
        {
            var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            bool onMain = false;
            Task waiting = Wait();
            Task.Run(() => done.SetResult(true)).Wait();
            Until(() => waiting.IsCompleted, "the wait ends");

            Assert.That(onMain, Is.True);

            async Task Wait()
            {
                await done.Task;
                onMain = MainThread.IsCurrent;
            }
        }

        private sealed class Waking : MonoBehaviour
        {
            public bool WasActiveInAwake { get; private set; }

            public bool WasActiveInOnEnable { get; private set; }

            private void Awake() => WasActiveInAwake = isActiveAndEnabled;

            private void OnEnable() => WasActiveInOnEnable = isActiveAndEnabled;
        }

        private sealed class Recorder : MonoBehaviour
        {
            internal List<string> Heard { get; } = new List<string>();

            private void Awake() => Heard.Add("Awake");

            private void OnEnable() => Heard.Add("OnEnable");

            private void Start() => Heard.Add("Start");

            private void Update() => Heard.Add("Update");

            private void LateUpdate() => Heard.Add("LateUpdate");

            private void OnDisable() => Heard.Add("OnDisable");

            private void OnDestroy() => Heard.Add("OnDestroy");
        }
    }
}
