using System;
using System.Collections.Generic;
using System.Linq;
using UnityEditor.Compilation;

namespace FrameBridge.Editor
{
    /// <summary>Whether an HTTP/2 handler for Unity is installed, with its own dependencies.</summary>
    internal sealed class HandlerCheck : QuickCheck
    {
        private const string Name = "HTTP/2";
        private const string Handler = "Cysharp.Net.Http.YetAnotherHttpHandler";
        private const string HowToAdd = "Add com.cysharp.yetanotherhttphandler 1.11.5 as the package's README says.";

        public override IEnumerable<Finding> Examine()
        {
            var all = ProjectLibrary.All().ToList();
            yield return HandlerOf(all);
            foreach (var fault in LibraryCheck.FaultsOf(
                new Libraries(all, Libraries.NeededByHandler), Name, "YetAnotherHttpHandler needs it: add System.IO.Pipelines 10.0.12."))
            {
                yield return fault;
            }
        }

        /// <summary>Unity sets the handler's define only for a package: as a DLL it is not used.</summary>
        private static Finding HandlerOf(IEnumerable<ProjectLibrary> all)
        {
            var source = CompilationPipeline.GetAssemblyDefinitionFilePathFromAssemblyName(Handler);
            if (source != null && !source.StartsWith("Assets/", StringComparison.Ordinal))
            {
                return Finding.Fine(Name, "YetAnotherHttpHandler is installed.");
            }

            var place = source ?? all.FirstOrDefault(each => each.Name == Handler)?.Path;
            return place == null
                ? Finding.Fault(
                    Name, "YetAnotherHttpHandler is not in this project, and Unity's own handler has no HTTP/2.", HowToAdd)
                : Finding.Fault(
                    Name,
                    $"YetAnotherHttpHandler is installed, but not as a package: {place}. FrameBridge does not find it there.",
                    $"Remove it. {HowToAdd}");
        }
    }
}
