using System;

namespace UnityEngine.SceneManagement
{
    /// <summary>A scene by its number; what it is, <see cref="SceneManager"/> knows.</summary>
    public struct Scene
    {
        internal Scene(int handle) => this.handle = handle;

        public int handle { get; }

        public string name => SceneManager.StubFind(handle)?.Name ?? string.Empty;

        public string path => SceneManager.StubFind(handle)?.Path ?? string.Empty;

        public bool isLoaded => SceneManager.StubFind(handle) != null;

        public int rootCount => GetRootGameObjects().Length;

        public static bool operator ==(Scene lhs, Scene rhs) => lhs.handle == rhs.handle;

        public static bool operator !=(Scene lhs, Scene rhs) => !(lhs == rhs);

        public bool IsValid() => SceneManager.StubFind(handle) != null;

        public GameObject[] GetRootGameObjects()
        {
            int mine = handle;
            return SceneManager.StubRoots(each => each.StubScene == mine).ToArray();
        }

        public override bool Equals(object other) => other is Scene that && this == that;

        public override int GetHashCode() => HashCode.Combine(handle);
    }
}
