using System;

namespace UnityEngine.Events
{
    /// <summary>The argument that the inspector passes to a listener.</summary>
    [Serializable]
    internal sealed class ArgumentCache
    {
        [SerializeField]
        private Object m_ObjectArgument = null;

        [SerializeField]
        private int m_IntArgument = 0;

        [SerializeField]
        private float m_FloatArgument = 0f;

        [SerializeField]
        private string m_StringArgument = string.Empty;

        [SerializeField]
        private bool m_BoolArgument = false;

        internal object[] For(PersistentListenerMode mode)
        {
            switch (mode)
            {
                case PersistentListenerMode.Object:
                    return new object[] { m_ObjectArgument };
                case PersistentListenerMode.Int:
                    return new object[] { m_IntArgument };
                case PersistentListenerMode.Float:
                    return new object[] { m_FloatArgument };
                case PersistentListenerMode.String:
                    return new object[] { m_StringArgument };
                case PersistentListenerMode.Bool:
                    return new object[] { m_BoolArgument };
                default:
                    return Array.Empty<object>();
            }
        }
    }
}
