using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace FrameBridge.Asmdefs
{
    /// <summary>The assembly, null if there are errors, and its errors and warnings.</summary>
    internal sealed record Compiled(MetadataReference Assembly, IReadOnlyList<string> Faults);
}
