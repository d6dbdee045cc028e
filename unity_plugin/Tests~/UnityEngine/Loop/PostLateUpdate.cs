namespace UnityEngine.PlayerLoop
{
    public struct PostLateUpdate
    {
        public struct FinishFrameRendering
        {
        }
    }
}
