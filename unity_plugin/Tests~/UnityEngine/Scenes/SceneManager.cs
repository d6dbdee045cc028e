using System;
using System.Collections.Generic;
using UnityEngine.Events;
using UnityEngine.Stub;

namespace UnityEngine.SceneManagement
{
    /// <summary>
    /// Loads the scenes of the open <see cref="StubProject"/>, or those that a test builds, in the frame after the call, as
    /// Unity does. What was marked by DontDestroyOnLoad stays.
    /// </summary>
    public static class SceneManager
    {
        private static readonly List<LoadedScene> Loaded = new List<LoadedScene>();
        private static readonly List<Action> Waiting = new List<Action>();
        private static int s_last;

        static SceneManager() => StubReset();

        /// <summary>Told once its scripts are awake, before their Start.</summary>
        public static event UnityAction<Scene, LoadSceneMode> sceneLoaded;

        public static event UnityAction<Scene> sceneUnloaded;

        public static event UnityAction<Scene, Scene> activeSceneChanged;

        /// <summary>Makes the objects of a scene, by its name, while no project is open.</summary>
        public static Action<string> StubBuild { get; set; }

        public static int sceneCount => Loaded.Count;

        internal static int StubActive { get; private set; }

        public static Scene GetActiveScene() => new Scene(StubActive);

        public static Scene GetSceneAt(int index) => new Scene(Loaded[index].Handle);

        public static Scene GetSceneByName(string name) => new Scene(Loaded.Find(each => each.Name == name)?.Handle ?? 0);

        public static bool SetActiveScene(Scene scene)
        {
            MainThread.Require("SetActiveScene");
            Scene before = GetActiveScene();
            if (!scene.IsValid() || scene == before)
            {
                return scene.IsValid();
            }

            StubActive = scene.handle;
            activeSceneChanged?.Invoke(before, scene);
            return true;
        }

        public static Scene CreateScene(string sceneName)
        {
            MainThread.Require("CreateScene");
            return new Scene(Open(sceneName).Handle);
        }

        public static void LoadScene(string sceneName) => LoadScene(sceneName, LoadSceneMode.Single);

        public static void LoadScene(string sceneName, LoadSceneMode mode) => LoadSceneAsync(sceneName, mode);

        public static AsyncOperation LoadSceneAsync(string sceneName, LoadSceneMode mode = LoadSceneMode.Single)
        {
            MainThread.Require("LoadScene");
            if (!Application.isPlaying)
            {
                throw new InvalidOperationException(
                    "This cannot be used during edit mode, please use EditorSceneManager.OpenScene() instead.");
            }

            string path = StubProject.Current == null ? sceneName : StubProject.Current.FindScene(sceneName);
            if (path == null)
            {
                Debug.LogError("Scene '" + sceneName + "' couldn't be loaded because it has not been added to the build settings "
                    + "or the AssetBundle has not been loaded.");
                return null;
            }

            return Later(() => Load(path, mode));
        }

        public static AsyncOperation UnloadSceneAsync(Scene scene)
        {
            MainThread.Require("UnloadSceneAsync");
            if (Loaded.Count < 2 || !scene.IsValid())
            {
                Debug.LogWarning("Unloading the last loaded scene " + scene.path + " is not supported.");
                return null;
            }

            return Later(() => Unload(scene.handle));
        }

        public static void MoveGameObjectToScene(GameObject go, Scene scene)
        {
            MainThread.Require("MoveGameObjectToScene");
            if (go.transform.parent != null)
            {
                throw new ArgumentException("Gameobject is not a root in a scene");
            }

            go.StubScene = scene.handle;
            go.StubKept = false;
        }

        internal static LoadedScene StubFind(int handle) => Loaded.Find(each => each.Handle == handle);

        internal static List<GameObject> StubRoots(Predicate<GameObject> wanted) => World.All<GameObject>().FindAll(
            each => !each.StubIsAsset && each.transform.parent == null && wanted(each));

        /// <summary>Loads in this very moment: the first scene of a game.</summary>
        internal static void StubLoadNow(string sceneName)
        {
            string path = StubProject.Current?.FindScene(sceneName);
            Load(path ?? throw new ArgumentException("no scene " + sceneName + " is imported"), LoadSceneMode.Single);
        }

        /// <summary>Destroys what is in scenes and not kept.</summary>
        internal static void StubUnloadAll() => StubRoots(each => !each.StubKept).ForEach(each => each.DestroyNow());

        internal static void StubIntegrate()
        {
            if (Waiting.Count > 0)
            {
                Action[] due = Waiting.ToArray();
                Waiting.Clear();
                Array.ForEach(due, each => each());
            }
        }

        internal static void StubReset()
        {
            sceneLoaded = null;
            sceneUnloaded = null;
            activeSceneChanged = null;
            StubBuild = null;
            Waiting.Clear();
            Loaded.Clear();
            StubActive = Open(string.Empty).Handle;
        }

        private static AsyncOperation Later(Action act)
        {
            bool done = false;
            Waiting.Add(() =>
            {
                act();
                done = true;
            });
            return new AsyncOperation(() => done);
        }

        private static LoadedScene Open(string path)
        {
            var scene = new LoadedScene(++s_last, path);
            Loaded.Add(scene);
            return scene;
        }

        private static void Load(string path, LoadSceneMode mode)
        {
            Scene before = GetActiveScene();
            int[] gone = mode == LoadSceneMode.Single ? Loaded.ConvertAll(each => each.Handle).ToArray() : Array.Empty<int>();
            Array.ForEach(gone, Unload);
            Scene scene = new Scene(Open(path).Handle);
            StubActive = mode == LoadSceneMode.Single ? scene.handle : StubActive;

            Build(path, scene);
            if (mode == LoadSceneMode.Single)
            {
                activeSceneChanged?.Invoke(before, scene);
            }

            sceneLoaded?.Invoke(scene, mode);
        }

        private static void Build(string path, Scene scene)
        {
            if (StubProject.Current == null)
            {
                StubBuild?.Invoke(path);
                return;
            }

            ObjectGraph made = StubProject.Current.Build(path);
            made.Roots.ForEach(root => root.StubScene = scene.handle);
            Awakening.Wake(made.Scripts);
        }

        private static void Unload(int handle)
        {
            StubRoots(each => each.StubScene == handle && !each.StubKept).ForEach(each => each.DestroyNow());
            sceneUnloaded?.Invoke(new Scene(handle));
            Loaded.RemoveAll(each => each.Handle == handle);
        }
    }
}
