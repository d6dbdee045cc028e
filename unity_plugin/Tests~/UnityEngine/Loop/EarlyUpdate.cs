namespace UnityEngine.PlayerLoop
{
    public struct EarlyUpdate
    {
        public struct UpdateAsyncReadbackManager
        {
        }

        public struct ScriptRunDelayedStartupFrame
        {
        }
    }
}
