using UnityEngine.Stub;

namespace UnityEngine
{
    public class ScriptableObject : Object
    {
        private Messages _messages;

        private Messages Messages => _messages ??= new Messages(this);

        public static T CreateInstance<T>() where T : ScriptableObject, new()
        {
            MainThread.Require("CreateInstance");
            var made = new T();
            if (made.Messages.OnEnable != null)
            {
                Behaviours.Guarded(made.Messages.OnEnable);
            }

            return made;
        }

        internal override void DestroyNow()
        {
            if (!Destroyed && Messages.OnDisable != null)
            {
                Behaviours.Guarded(Messages.OnDisable);
            }

            base.DestroyNow();
        }
    }
}
