namespace UnityEngine.PlayerLoop
{
    public struct EarlyUpdate
    {
        public struct UpdateAsyncReadbackManager
        {
        }

        public struct UpdatePreloading
        {
        }

        public struct ScriptRunDelayedStartupFrame
        {
        }
    }
}
