using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FrameBridge.Editor")]
[assembly: InternalsVisibleTo("FrameBridge.Editor.Tests")]
