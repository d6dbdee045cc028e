using System;

namespace UnityEngine.TestTools
{
    /// <summary>Marks a test that runs over frames. Unity's runner knows it; the .NET one passes it by.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class UnityTestAttribute : Attribute
    {
    }
}
