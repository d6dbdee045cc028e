using System;
using System.IO;
using System.Reflection;
using System.Runtime.Loader;

namespace FrameBridge.PlayMode
{
    /// <summary>
    /// What a domain reload unloads: the package's assemblies and the game. The engine, gRPC and .NET stay outside, so
    /// that any reference they keep to ours keeps the context alive and is found.
    /// </summary>
    internal sealed class GameContext : AssemblyLoadContext
    {
        internal GameContext()
            : base("play mode", isCollectible: true)
        {
        }

        internal Assembly Game => LoadFromAssemblyName(new AssemblyName("FrameBridge.Game"));

        internal Assembly[] WithInitializers => new[]
        {
            LoadFromAssemblyName(new AssemblyName("FrameBridge")),
            LoadFromAssemblyName(new AssemblyName("FrameBridge.Handlers")),
        };

        protected override Assembly Load(AssemblyName assemblyName)
        {
            string name = assemblyName.Name ?? string.Empty;
            return name == "FrameBridge" || name.StartsWith("FrameBridge.", StringComparison.Ordinal)
                ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, name + ".dll"))
                : null;
        }
    }
}
