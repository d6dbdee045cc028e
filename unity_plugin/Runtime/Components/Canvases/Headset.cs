using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR;

namespace FrameBridge
{
    /// <summary>Whether a headset is active. Does not allocate.</summary>
    internal static class Headset
    {
        private static readonly List<XRDisplaySubsystem> Displays = new List<XRDisplaySubsystem>();

        internal static bool IsOn
        {
            get
            {
                SubsystemManager.GetSubsystems(Displays);
                for (int i = 0; i < Displays.Count; i++)
                {
                    if (Displays[i].running)
                    {
                        return true;
                    }
                }

                return false;
            }
        }

        internal static bool Wants(CanvasPlace place) =>
            place == CanvasPlace.World || (place == CanvasPlace.Auto && IsOn);
    }
}
