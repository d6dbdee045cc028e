using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FrameBridge.Editor.Tests")]
