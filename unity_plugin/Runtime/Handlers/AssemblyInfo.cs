using UnityEngine.Scripting;

// Nothing refers to this assembly: without the mark a build would leave it out, and the transport with it.
[assembly: AlwaysLinkAssembly]
