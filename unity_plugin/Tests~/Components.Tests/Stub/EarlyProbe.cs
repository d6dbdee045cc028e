using UnityEngine;

namespace FrameBridge.Components.Tests
{
    [DefaultExecutionOrder(-5)]
    public sealed class EarlyProbe : Probe
    {
    }
}
