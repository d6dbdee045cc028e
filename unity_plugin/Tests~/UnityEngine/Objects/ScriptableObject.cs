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
            made.StubLoaded();
            return made;
        }

        /// <summary>Its fields are there: it wakes.</summary>
        internal void StubLoaded()
        {
            if (Messages.Awake != null)
            {
                Behaviours.Guarded(Messages.Awake);
            }

            if (Messages.OnEnable != null)
            {
                Behaviours.Guarded(Messages.OnEnable);
            }
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
