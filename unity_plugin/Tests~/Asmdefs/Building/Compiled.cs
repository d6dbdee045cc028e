using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace FrameBridge.Asmdefs
{
    /// <summary>The assembly, null where there are errors, and what the compiler had to say.</summary>
    internal sealed record Compiled(MetadataReference Assembly, IReadOnlyList<Diagnostic> Diagnostics);
}
