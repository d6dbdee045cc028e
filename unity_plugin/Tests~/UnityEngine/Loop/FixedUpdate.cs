namespace UnityEngine.PlayerLoop
{
    public struct FixedUpdate
    {
        public struct ScriptRunBehaviourFixedUpdate
        {
        }
    }
}
