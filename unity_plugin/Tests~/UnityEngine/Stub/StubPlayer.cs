using System.Reflection;
using System.Threading;
using UnityEngine.SceneManagement;

namespace UnityEngine.Stub
{
    /// <summary>
    /// Plays: enters and leaves play mode and turns the PlayerLoop, one call a frame. The caller's thread becomes the main
    /// thread.
    /// </summary>
    public static class StubPlayer
    {
        private static SynchronizationContext _before;

        /// <summary>Raised by Reset, so that other assemblies of the stub reset too.</summary>
        public static event System.Action WasReset;

        /// <summary>
        /// Enters play mode: calls the `RuntimeInitializeOnLoadMethod`s of the assemblies, phase by phase.
        /// </summary>
        public static void EnterPlayMode(params Assembly[] assemblies) => EnterPlayMode(() => { }, assemblies);

        /// <summary>Enters play mode with a scene of the project that is open, as its first one.</summary>
        public static void EnterPlayMode(string scene, params Assembly[] assemblies) =>
            EnterPlayMode(() => SceneManager.StubLoadNow(scene), assemblies);

        private static void EnterPlayMode(System.Action load, Assembly[] assemblies)
        {
            MainThread.Bind();
            _before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(new UnitySynchronizationContext());
            Time.StubReset();
            Application.StubEnter();
            InitializeOnLoad.Run(InitializeOnLoad.Before, assemblies);
            load();
            InitializeOnLoad.Run(InitializeOnLoad.After, assemblies);
        }

        /// <summary>One frame.</summary>
        public static void Tick(float deltaTime = 1f / 60f)
        {
            Time.StubAdvance(deltaTime);
            LowLevel.PlayerLoop.StubRun();
        }

        /// <summary>Loads the scenes that were asked for, as the next frame would begin by doing.</summary>
        public static void Load() => SceneManager.StubIntegrate();

        /// <summary>Several frames.</summary>
        public static void Ticks(int count, float deltaTime = 1f / 60f)
        {
            for (int i = 0; i < count; i++)
            {
                Tick(deltaTime);
            }
        }

        /// <summary>The application goes to the background or comes back.</summary>
        public static void Pause(bool paused) => Behaviours.Pause(paused);

        /// <summary>The application loses or gains the focus.</summary>
        public static void Focus(bool focused)
        {
            Application.StubTellFocus(focused);
            Behaviours.Focus(focused);
        }

        /// <summary>Loads another scene: what is not marked by DontDestroyOnLoad is destroyed.</summary>
        public static void LoadScene() => SceneManager.StubUnloadAll();

        /// <summary>
        /// Leaves play mode as the editor does: OnApplicationQuit, Application.quitting, then the scene is destroyed. Engine
        /// state that the editor keeps (textures without an owner, event subscribers, the PlayerLoop) is kept.
        /// </summary>
        public static void ExitPlayMode()
        {
            Behaviours.Quit();
            Application.StubQuit();
            foreach (GameObject item in World.All<GameObject>())
            {
                if (item != null && item.transform.parent == null && !item.StubIsAsset)
                {
                    item.DestroyNow();
                }
            }

            World.Bury();
            Behaviours.Clear();
            Application.StubExit();
            SynchronizationContext.SetSynchronizationContext(_before);
            _before = null;
        }

        /// <summary>
        /// What a domain reload does to the engine: assets stay, but their managed objects are released (Unity makes
        /// new ones).
        /// </summary>
        public static void ReloadDomain()
        {
            foreach (ScriptableObject asset in World.All<ScriptableObject>())
            {
                World.Remove(asset);
            }
        }

        /// <summary>Resets everything: objects, logs, settings, the PlayerLoop.</summary>
        public static void Reset()
        {
            World.Clear();
            Behaviours.Clear();
            Debug.StubClear();
            SystemInfo.StubReset();
            QualitySettings.activeColorSpace = ColorSpace.Linear;
            Rendering.AsyncGPUReadback.StubReset();
            Rendering.GraphicsSettings.currentRenderPipeline = null;
            LowLevel.PlayerLoop.StubReset();
            Application.StubReset();
            WebCamTexture.StubReset();
            Camera.StubDraw = null;
            ScreenCapture.StubScreen = null;
            Texture2D.StubReset();
            Resources.StubReset();
            Canvas.StubReset();
            SubsystemManager.StubReset();
            SceneManager.StubReset();
            StubProject.Close();
            WasReset?.Invoke();
            MainThread.Release();
        }
    }
}
