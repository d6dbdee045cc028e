using System;

namespace UnityEngine.TestTools
{
    /// <summary>Marks a test that runs over frames. Unity's runner runs it; the .NET one skips it.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class UnityTestAttribute : Attribute
    {
    }
}
