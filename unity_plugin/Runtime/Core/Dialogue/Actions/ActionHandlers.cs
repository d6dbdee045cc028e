using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace FrameBridge
{
    /// <summary>
    /// What the game does for each action of an NPC: a handler by the action's name, with its arguments as they are typed.
    /// Delegates alone, no reflection: nothing for IL2CPP to strip. One thread.
    /// </summary>
    public sealed class ActionHandlers
    {
        private readonly Dictionary<string, Action<ActionCall>> _handlers = new Dictionary<string, Action<ActionCall>>();

        /// <summary>
        /// Raised when an asynchronous handler has thrown, on the thread it ended on; its call has failed by then.
        /// </summary>
        public event Action<ActionCall, Exception> Failed;

        /// <summary>The names of the actions that have a handler.</summary>
        public IReadOnlyCollection<string> Names => _handlers.Keys;

        /// <summary>
        /// Sets the handler of an action, in place of an earlier one. It answers the call at once or later. Throws
        /// <see cref="ArgumentException"/> for an empty name.
        /// </summary>
        public void Set(string action, Action<ActionCall> handler)
        {
            if (string.IsNullOrEmpty(action))
            {
                throw new ArgumentException("an action needs a name; take it from the character's file", nameof(action));
            }

            _handlers[action] = handler ?? throw new ArgumentNullException(nameof(handler));
        }

        /// <summary>The same, with one argument.</summary>
        public void Set<T>(string action, ActionParameter<T> parameter, Action<T, ActionCall> handler)
        {
            Check(parameter, handler);
            Set(action, call => handler(parameter.Read(call.Arguments), call));
        }

        /// <summary>The same, with two arguments.</summary>
        public void Set<T1, T2>(string action, ActionParameter<T1> first, ActionParameter<T2> second, Action<T1, T2, ActionCall> handler)
        {
            Check(first, second);
            Check(first, handler);
            Set(action, call => handler(first.Read(call.Arguments), second.Read(call.Arguments), call));
        }

        /// <summary>The same, with three arguments.</summary>
        public void Set<T1, T2, T3>(
            string action, ActionParameter<T1> first, ActionParameter<T2> second, ActionParameter<T3> third, Action<T1, T2, T3, ActionCall> handler)
        {
            Check(first, second);
            Check(third, handler);
            Set(action, call => handler(first.Read(call.Arguments), second.Read(call.Arguments), third.Read(call.Arguments), call));
        }

        /// <summary>
        /// Sets an asynchronous handler, in place of an earlier one. It answers the call before or after its task ends. One that
        /// throws fails its call, unless the call has ended before, as when <see cref="ActionCall.Cancellation"/> stops it.
        /// </summary>
        public void Set(string action, Func<ActionCall, Task> handler)
        {
            Check(handler, handler);
            Set(action, (Action<ActionCall>)(call => Follow(handler(call), call)));
        }

        /// <summary>The same, with one argument.</summary>
        public void Set<T>(string action, ActionParameter<T> parameter, Func<T, ActionCall, Task> handler)
        {
            Check(parameter, handler);
            Set(action, (Action<ActionCall>)(call => Follow(handler(parameter.Read(call.Arguments), call), call)));
        }

        /// <summary>The same, with two arguments.</summary>
        public void Set<T1, T2>(string action, ActionParameter<T1> first, ActionParameter<T2> second, Func<T1, T2, ActionCall, Task> handler)
        {
            Check(first, second);
            Check(first, handler);
            Set(action, (Action<ActionCall>)(call => Follow(handler(first.Read(call.Arguments), second.Read(call.Arguments), call), call)));
        }

        /// <summary>Removes the handler of an action; false if there is none.</summary>
        public bool Remove(string action) => action != null && _handlers.Remove(action);

        /// <summary>
        /// Runs the handler of a call; false if there is none. A handler that throws fails its call, and the exception goes on.
        /// </summary>
        public bool TryRun(ActionCall call)
        {
            if (call == null)
            {
                throw new ArgumentNullException(nameof(call));
            }

            if (!_handlers.TryGetValue(call.Name, out var handler))
            {
                return false;
            }

            try
            {
                handler(call);
                return true;
            }
            catch
            {
                call.Fail();
                throw;
            }
        }

        private async void Follow(Task task, ActionCall call)
        {
            try
            {
                if (task != null)
                {
                    await task;
                }
            }
            catch (OperationCanceledException) when (call.Ending != ActionEnding.None)
            {
                // It was asked to stop.
            }
            catch (Exception error)
            {
                call.Fail();
                Failed?.Invoke(call, error);
            }
        }

        private static void Check(object parameter, object handler)
        {
            if (parameter == null)
            {
                throw new ArgumentNullException(nameof(parameter));
            }

            if (handler == null)
            {
                throw new ArgumentNullException(nameof(handler));
            }
        }
    }
}
