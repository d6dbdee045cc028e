using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FrameBridge")]
[assembly: InternalsVisibleTo("FrameBridge.Grpc")]
[assembly: InternalsVisibleTo("FrameBridge.Client.Tests")]
[assembly: InternalsVisibleTo("FrameBridge.NpcFiles")]
