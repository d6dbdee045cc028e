using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FrameBridge.Components.Tests")]
[assembly: InternalsVisibleTo("FrameBridge.Editor")]
[assembly: InternalsVisibleTo("FrameBridge.Editor.Tests")]
