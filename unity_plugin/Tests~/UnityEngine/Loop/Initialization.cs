namespace UnityEngine.PlayerLoop
{
    public struct Initialization
    {
        public struct PlayerUpdateTime
        {
        }
    }
}
