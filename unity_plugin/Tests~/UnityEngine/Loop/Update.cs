namespace UnityEngine.PlayerLoop
{
    public struct Update
    {
        public struct ScriptRunBehaviourUpdate
        {
        }

        public struct ScriptRunDelayedDynamicFrameRate
        {
        }

        public struct ScriptRunDelayedTasks
        {
        }
    }
}
