using System.Collections.Generic;
using UnityEngine;

namespace FrameBridge
{
    /// <summary>
    /// Connections that are kept across scenes. A scene that is loaded again contains a copy of the kept one: the copy
    /// is removed before it connects, and components that refer to the copy use the kept one.
    /// </summary>
    public sealed partial class BridgeConnection
    {
        private static readonly List<BridgeConnection> Kept = new List<BridgeConnection>();

        private BridgeConnection _keptInstead;
        private bool _awake;

        /// <summary>
        /// The connection for a component that refers to <paramref name="given"/>: that one, the kept one, or the
        /// default.
        /// </summary>
        internal static BridgeConnection InUse(BridgeConnection given)
        {
            if (given is null)
            {
                return Default;
            }

            // A removed copy still says so after it was destroyed, when it compares equal to null.
            if (given._keptInstead != null)
            {
                return given._keptInstead;
            }

            return given == null ? Default : given;
        }

        private void Awake()
        {
            _awake = true;
            Keep();
        }

        private void OnDestroy() => Kept.Remove(this);

        private void Keep()
        {
            if (!keepAcrossScenes || !Application.isPlaying || Kept.Contains(this) || _keptInstead != null)
            {
                return;
            }

            BridgeConnection same = Kept.Find(IsSameAs);
            if (same != null)
            {
                GiveWayTo(same);
            }
            else if (transform.parent == null)
            {
                Kept.Add(this);
                DontDestroyOnLoad(gameObject);
            }
            else
            {
                Debug.LogWarning(
                    "FrameBridge: '" + name + "' is not kept across scenes, as it lies below '" + transform.parent.name
                    + "'; move it to the root of its scene, or switch off Keep Across Scenes",
                    this);
            }
        }

        /// <summary>Whether both play the same recording or, without one, use the same server address.</summary>
        private bool IsSameAs(BridgeConnection other) =>
            recording == other.recording && (recording != null || ServerOf(settings) == ServerOf(other.settings));

        private static string ServerOf(BridgeSettings settings) =>
            settings == null ? new BridgeOptions().Address : settings.Address;

        private void GiveWayTo(BridgeConnection kept)
        {
            _keptInstead = kept;
            enabled = false; // Awake runs before OnEnable: nothing is open yet
            Destroy(IsWholeObjectDoubled(kept) ? gameObject : (Object)this);
        }

        /// <summary>
        /// Whether the object has nothing else, or is a full copy of the kept one, in name and components. Of other
        /// objects only the connection is removed.
        /// </summary>
        private bool IsWholeObjectDoubled(BridgeConnection kept)
        {
            Component[] mine = GetComponents<Component>();
            Component[] theirs = kept.GetComponents<Component>();
            if (mine.Length == 2 && transform.childCount == 0)
            {
                return true;
            }

            bool same = name == kept.name && mine.Length == theirs.Length && transform.childCount == kept.transform.childCount;
            for (int i = 0; same && i < mine.Length; i++)
            {
                same = mine[i]?.GetType() == theirs[i]?.GetType(); // null: a missing script
            }

            return same;
        }
    }
}
