using System;
using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>Every build of every project.</summary>
    internal sealed class Lane
    {
        private readonly DefinitionFiles _files = new DefinitionFiles();
        private readonly Dictionary<string, Findings> _findings = new Dictionary<string, Findings>();

        private readonly string _target;

        /// <summary>
        /// Takes the symbols that may be set in a project's player settings, and a part of target names; empty for all
        /// targets.
        /// </summary>
        internal Lane(IReadOnlySet<string> settable, string target)
        {
            Settable = settable;
            _target = target;
            Compiler = new Compiler();
            Engine = new StubEngine(Compiler.Runtime);
        }

        internal IReadOnlySet<string> Settable { get; }

        internal Compiler Compiler { get; }

        internal StubEngine Engine { get; }

        internal IEnumerable<Findings> Findings => _findings.Values;

        internal void Run(string folder)
        {
            var project = new Project(folder, Engine, _files);
            List<string> symbols = project.Definitions.SelectMany(definition => definition.Symbols).Distinct().ToList();
            List<string> choices = symbols.Where(Settable.Contains).Where(symbol => CanBeSet(project, symbol)).ToList();
            IEnumerable<Target> targets = Targets.For(symbols.Concat(Engine.Symbols).Distinct().ToList());
            foreach (Target target in targets.Where(target => target.ToString().Contains(_target)))
            {
                foreach (IReadOnlySet<string> defines in Targets.Subsets(choices))
                {
                    new ProjectBuild(project, target, defines, this).Run();
                }
            }
        }

        internal Findings FindingsOf(AssemblyDefinition definition)
        {
            if (!_findings.TryGetValue(definition.Path, out Findings findings))
            {
                findings = new Findings(definition);
                _findings.Add(definition.Path, findings);
            }

            return findings;
        }

        /// <summary>The Setup Doctor sets such a symbol only if every DLL that its assemblies name is present.</summary>
        private static bool CanBeSet(Project project, string symbol) => project.Definitions
            .Where(definition => definition.Constraints.Any(constraint => constraint.Text == symbol))
            .SelectMany(definition => definition.PrecompiledReferences)
            .All(project.Libraries.ContainsKey);
    }
}
