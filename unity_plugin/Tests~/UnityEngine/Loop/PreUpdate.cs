namespace UnityEngine.PlayerLoop
{
    public struct PreUpdate
    {
        public struct UpdateVideo
        {
        }
    }
}
