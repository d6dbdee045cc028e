namespace UnityEngine.PlayerLoop
{
    public struct PreLateUpdate
    {
        public struct ScriptRunBehaviourLateUpdate
        {
        }
    }
}
