using System;
using UnityEngine.LowLevel;
using UnityEngine.PlayerLoop;
using UnityEngine.Stub;

namespace UnityEngine.LowLevel
{
    /// <summary>The engine's systems that a script can distinguish, in Unity's order.</summary>
    internal static class NativeLoop
    {
        internal static PlayerLoopSystem Make() => Group(
            null,
            Group(typeof(Initialization), Leaf(typeof(Initialization.PlayerUpdateTime), 0)),
            Group(
                typeof(EarlyUpdate),
                Leaf(typeof(EarlyUpdate.UpdateAsyncReadbackManager), 1),
                Leaf(typeof(EarlyUpdate.UpdatePreloading), 8),
                Leaf(typeof(EarlyUpdate.ScriptRunDelayedStartupFrame), 2)),
            Group(typeof(FixedUpdate), Leaf(typeof(FixedUpdate.ScriptRunBehaviourFixedUpdate), 0)),
            Group(typeof(PreUpdate), Leaf(typeof(PreUpdate.UpdateVideo), 3)),
            Group(
                typeof(Update),
                Leaf(typeof(Update.ScriptRunBehaviourUpdate), 4),
                Leaf(typeof(Update.ScriptRunDelayedDynamicFrameRate), 0),
                Leaf(typeof(Update.ScriptRunDelayedTasks), 5)),
            Group(typeof(PreLateUpdate), Leaf(typeof(PreLateUpdate.ScriptRunBehaviourLateUpdate), 6)),
            Group(typeof(PostLateUpdate), Leaf(typeof(PostLateUpdate.FinishFrameRendering), 7)));

        internal static void Run(IntPtr function)
        {
            switch ((int)function)
            {
                case 1:
                    Rendering.AsyncGPUReadback.StubDeliver();
                    break;
                case 2:
                    Behaviours.Start();
                    break;
                case 3:
                    WebCamTexture.StubAdvance();
                    break;
                case 4:
                    Behaviours.Start();
                    Behaviours.Update();
                    break;
                case 5:
                    (System.Threading.SynchronizationContext.Current as UnitySynchronizationContext)?.Run();
                    break;
                case 6:
                    Behaviours.LateUpdate();
                    break;
                case 7:
                    Canvas.StubDraw();
                    Application.StubBeforeRender();
                    World.Bury();
                    break;
                case 8:
                    SceneManagement.SceneManager.StubIntegrate();
                    break;
            }
        }

        private static PlayerLoopSystem Group(Type type, params PlayerLoopSystem[] children) =>
            new PlayerLoopSystem { type = type, subSystemList = children };

        private static PlayerLoopSystem Leaf(Type type, int function) =>
            new PlayerLoopSystem { type = type, updateFunction = (IntPtr)function };
    }
}
