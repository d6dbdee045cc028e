using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>When a connection opens and closes, and which one is the default.</summary>
    public sealed partial class BridgeConnection
    {
        private static readonly List<BridgeConnection> Enabled = new List<BridgeConnection>();

        /// <summary>The first connection enabled, used by components that have none set. Null if there is none.</summary>
        public static BridgeConnection Default => Enabled.Count > 0 ? Enabled[0] : null;

        /// <summary>
        /// Ends every stream, thread and socket of all connections, within 200 milliseconds. Called when the application
        /// quits, and by the editor before play mode ends and before the domain is reloaded.
        /// </summary>
        public static void CloseAll()
        {
            foreach (BridgeConnection connection in Enabled)
            {
                connection.Client?.BeginClose(); // all at once, so that waiting takes only as long as the slowest
            }

            for (int i = Enabled.Count - 1; i >= 0; i--)
            {
                Enabled[i].Disconnect();
            }
        }

        /// <summary>The game's update is over: sends what was held back during it. Does not allocate.</summary>
        internal static void EndUpdates()
        {
            for (int i = 0; i < Enabled.Count; i++)
            {
                Enabled[i].Client?.EndUpdate();
            }
        }

        /// <summary>The same as pausing and resuming the application. For the editor's pause button.</summary>
        internal static void PauseAll(bool paused)
        {
            for (int i = Enabled.Count - 1; i >= 0; i--)
            {
                Enabled[i].OnApplicationPause(paused);
            }
        }

        [RuntimeInitializeOnLoadMethod(RuntimeInitializeLoadType.SubsystemRegistration)]
        private static void ResetStatics()
        {
            CloseAll();
            Enabled.Clear();
            Kept.Clear();
        }

        private void OnEnable()
        {
            Enabled.Add(this);
            BridgeLoop.Add(this);
            if (settings != null)
            {
                BridgeLoop.BudgetMilliseconds = settings.MainThreadMilliseconds;
            }

            if (settings == null || settings.RunInBackground)
            {
                Application.runInBackground = true;
            }

            if (connectOnEnable || _wanted)
            {
                Connect();
            }
        }

        private void OnDisable()
        {
            Drop();
            BridgeLoop.Remove(this);
            Enabled.Remove(this);
        }

        // A paused application keeps no socket: phones close them, and answers would pile up.
        private void OnApplicationPause(bool paused)
        {
            if (paused)
            {
                Client?.Suspend();
                TellChanges(); // there may be no step for a long time
            }
            else if (_wanted)
            {
                Connect();
            }
        }
    }
}
