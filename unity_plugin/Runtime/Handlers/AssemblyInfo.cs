using UnityEngine.Scripting;

// Nothing refers to this assembly: without this a build would strip it, and the transport with it.
[assembly: AlwaysLinkAssembly]
