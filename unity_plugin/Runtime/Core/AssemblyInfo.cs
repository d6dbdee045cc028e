using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("FrameBridge.Client.Tests")]
