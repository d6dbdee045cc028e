namespace UnityEngine.SceneManagement
{
    public struct Scene
    {
        internal Scene(string name) => this.name = name;

        public string name { get; }
    }
}
