namespace UnityEngine.PlayerLoop
{
    public struct Initialization
    {
        public struct PlayerUpdateTime
        {
        }
    }

    public struct EarlyUpdate
    {
        public struct UpdateAsyncReadbackManager
        {
        }

        public struct ScriptRunDelayedStartupFrame
        {
        }
    }

    public struct FixedUpdate
    {
        public struct ScriptRunBehaviourFixedUpdate
        {
        }
    }

    public struct PreUpdate
    {
        public struct UpdateVideo
        {
        }
    }

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

    public struct PreLateUpdate
    {
        public struct ScriptRunBehaviourLateUpdate
        {
        }
    }

    public struct PostLateUpdate
    {
        public struct FinishFrameRendering
        {
        }
    }
}
