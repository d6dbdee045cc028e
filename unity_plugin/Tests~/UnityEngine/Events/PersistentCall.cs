using System;
using System.Reflection;

namespace UnityEngine.Events
{
    /// <summary>A listener set in the inspector: a method of an object, with its argument.</summary>
    [Serializable]
    internal sealed class PersistentCall
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

        [SerializeField]
        private Object m_Target = null;

        [SerializeField]
        private string m_MethodName = string.Empty;

        [SerializeField]
        private PersistentListenerMode m_Mode = PersistentListenerMode.EventDefined;

        [SerializeField]
        private ArgumentCache m_Arguments = new ArgumentCache();

        [SerializeField]
        private UnityEventCallState m_CallState = UnityEventCallState.RuntimeOnly;

        internal Object Target => m_Target;

        internal string MethodName => m_MethodName;

        internal PersistentCall For(Object target)
        {
            var copy = (PersistentCall)MemberwiseClone();
            copy.m_Target = target;
            return copy;
        }

        /// <summary>Does nothing if the target or the method is missing, as in Unity.</summary>
        internal void Invoke(object[] given)
        {
            bool on = m_CallState == UnityEventCallState.EditorAndRuntime
                || (m_CallState == UnityEventCallState.RuntimeOnly && Application.isPlaying);
            if (!on || m_Target == null)
            {
                return;
            }

            object[] arguments = m_Mode == PersistentListenerMode.EventDefined ? given : m_Arguments.For(m_Mode);
            Type[] types = Array.ConvertAll(arguments, each => each?.GetType() ?? typeof(Object));
            MethodInfo method = m_Target.GetType().GetMethod(m_MethodName, Any, null, types, null);
            try
            {
                method?.Invoke(m_Target, arguments);
            }
            catch (TargetInvocationException error)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error.InnerException).Throw();
            }
        }
    }
}
