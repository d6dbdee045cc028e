using System;
using System.Reflection;
using System.Threading;
using UnityEngine.Stub;

namespace UnityEngine
{
    public class MonoBehaviour : Behaviour
    {
        private Messages _messages;
        private int? _order;
        private bool _awake;
        private bool _on;
        private bool _started;
        private CancellationTokenSource _destroyed;

        /// <summary>Cancelled when the script is destroyed. As in Unity, to be asked for before that.</summary>
        public CancellationToken destroyCancellationToken
        {
            get
            {
                if (this == null)
                {
                    throw new MissingReferenceException(
                        "DestroyCancellation token should be called atleast once before destroying the monobehaviour object");
                }

                _destroyed ??= new CancellationTokenSource();
                return _destroyed.Token;
            }
        }

        /// <summary>Lower ones wake and are updated first.</summary>
        internal int ExecutionOrder => _order ??= GetType().GetCustomAttribute<DefaultExecutionOrder>(true)?.order ?? 0;

        internal Messages Messages => _messages ??= new Messages(this);

        public void StubValidate() => Behaviours.Guarded(Messages.OnValidate);

        internal override bool IsAdded => Application.isPlaying ? _on : IsWanted;

        /// <summary>In edit mode nothing awakes: no script here has ExecuteAlways.</summary>
        internal override void Refresh()
        {
            if (Awakening.IsHeld || !Application.isPlaying)
            {
                return;
            }

            if (gameObject.activeInHierarchy && !_awake)
            {
                _awake = true;
                Behaviours.Add(this);
                Call(Messages.Awake);
            }

            bool on = _awake && this != null && IsWanted;
            if (on != _on)
            {
                _on = on;
                Call(on ? Messages.OnEnable : Messages.OnDisable);
            }
        }

        internal void StartOnce()
        {
            if (_on && !_started)
            {
                _started = true;
                Call(Messages.Start);
            }
        }

        /// <summary>Calls a message of an enabled script; Unity logs exceptions and continues.</summary>
        internal void Tell(Action message)
        {
            if (_on)
            {
                Call(message);
            }
        }

        internal void Tell(Action<bool> message, bool value)
        {
            if (_on && message != null)
            {
                Behaviours.Guarded(() => message(value));
            }
        }

        internal override void DestroyNow()
        {
            if (Destroyed)
            {
                return;
            }

            if (_on)
            {
                _on = false;
                Call(Messages.OnDisable);
            }

            if (_awake)
            {
                Call(Messages.OnDestroy);
                Behaviours.Remove(this);
            }

            if (_destroyed != null)
            {
                Call(_destroyed.Cancel);
            }

            base.DestroyNow();
            _messages = null;
        }

        private static void Call(Action message)
        {
            if (message != null)
            {
                Behaviours.Guarded(message);
            }
        }
    }
}
