namespace UnityEngine.SceneManagement
{
    internal sealed class LoadedScene
    {
        internal readonly int Handle;
        internal readonly string Name;
        internal readonly string Path;

        internal LoadedScene(int handle, string path)
        {
            Handle = handle;
            Path = path;
            Name = System.IO.Path.GetFileNameWithoutExtension(path);
        }
    }
}
