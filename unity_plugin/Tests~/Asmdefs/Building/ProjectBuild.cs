using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace FrameBridge.Asmdefs
{
    /// <summary>
    /// One build of a project, as Unity makes it: its assemblies, their references, and whether they compile. A
    /// reference to a missing assembly or DLL is dropped silently, as Unity does.
    /// </summary>
    internal sealed class ProjectBuild
    {
        private readonly Project _project;
        private readonly Target _target;
        private readonly IReadOnlySet<string> _defines;
        private readonly Lane _lane;
        private readonly Dictionary<string, MetadataReference> _built = new Dictionary<string, MetadataReference>();
        private readonly HashSet<AssemblyDefinition> _failed = new HashSet<AssemblyDefinition>();
        private readonly IReadOnlyDictionary<string, MetadataReference> _engine;

        internal ProjectBuild(Project project, Target target, IReadOnlySet<string> defines, Lane lane)
        {
            _project = project;
            _target = target;
            _defines = defines;
            _lane = lane;
            _engine = lane.Engine.Of(target.Unity);
        }

        internal void Run()
        {
            foreach (AssemblyDefinition definition in _project.Definitions)
            {
                Build(definition);
            }
        }

        /// <summary>Its assembly; null if this build has none.</summary>
        private MetadataReference Build(AssemblyDefinition definition)
        {
            if (_built.TryGetValue(definition.Path, out MetadataReference built))
            {
                return built;
            }

            _built.Add(definition.Path, null);
            List<string> defines = definition.Symbols.Where(symbol => IsDefined(definition, symbol)).ToList();
            Findings findings = _lane.FindingsOf(definition);
            string combination = Combination(definition, defines);
            if (!IsCompatible(definition) || !definition.Constraints.All(constraint => constraint.IsMet(defines.Contains)))
            {
                findings.Skip(combination);
                return null;
            }

            IReadOnlyList<MetadataReference> references = References(definition, findings);
            if (definition.References.Any(IsFailed))
            {
                _failed.Add(definition); // Unity does not compile it: the fault is in the other one
                return null;
            }

            Compiled compiled = _lane.Compiler.Compile(definition, defines, references);
            findings.Add(combination, compiled, $"{_project.Name}, {_target}");
            _built[definition.Path] = compiled.Assembly;
            if (compiled.Assembly == null)
            {
                _failed.Add(definition);
            }

            return compiled.Assembly;
        }

        private bool IsFailed(string reference) =>
            _project.ByReference.TryGetValue(reference, out AssemblyDefinition definition) && _failed.Contains(definition);

        private bool IsDefined(AssemblyDefinition definition, string symbol)
        {
            List<VersionDefine> versions = definition.VersionDefines.Where(version => version.Define == symbol).ToList();
            if (versions.Count > 0)
            {
                return versions.Any(version => version.IsSet(VersionOf(version.Package)));
            }

            return _lane.Settable.Contains(symbol)
                ? _defines.Contains(symbol)
                : _target.Defines(symbol) ?? _lane.FindingsOf(definition).Unknown(symbol);
        }

        private Version VersionOf(string package) => package == "Unity" ? _target.Unity : _project.VersionOf(package);

        private bool IsCompatible(AssemblyDefinition definition) =>
            (!definition.IsTest || _project.IsTestable(definition)) && IsForTarget(definition);

        private bool IsForTarget(AssemblyDefinition definition) => _target.IsEditor
            ? definition.IsFor(Platform.Editor)
            : definition.IsFor(_target.Platform.Name) && (_target.WithTests || !definition.IsTest);

        private IReadOnlyList<MetadataReference> References(AssemblyDefinition definition, Findings findings) =>
            Modules(definition)
                .Concat(definition.References.Select(name => Found(name, Assembly(name), findings)))
                .Concat(Libraries(definition, findings))
                .Where(reference => reference != null)
                .Distinct()
                .ToList();

        private IEnumerable<MetadataReference> Modules(AssemblyDefinition definition) => definition.NoEngineReferences
            ? Enumerable.Empty<MetadataReference>()
            : _lane.Engine.Assemblies
                .Where(assembly => !assembly.MustBeReferenced && IsThere(assembly))
                .Select(assembly => _engine[assembly.Name]);

        private bool IsThere(EngineAssembly assembly) => _project.Has(assembly.Package) && (_target.IsEditor || !assembly.IsEditorOnly);

        private MetadataReference Assembly(string name)
        {
            if (_project.ByReference.TryGetValue(name, out AssemblyDefinition definition))
            {
                return Build(definition);
            }

            EngineAssembly unitys = _lane.Engine.Assemblies.FirstOrDefault(assembly => assembly.Name == name && assembly.MustBeReferenced);
            return unitys != null && IsThere(unitys) ? _engine[name] : null;
        }

        private IEnumerable<MetadataReference> Libraries(AssemblyDefinition definition, Findings findings)
        {
            IEnumerable<string> names = definition.OverrideReferences
                ? definition.PrecompiledReferences
                : _project.Libraries.Keys.Where(name => !_project.ExplicitLibraries.Contains(name));
            return names.Select(name => Found(
                name, _project.Libraries.TryGetValue(name, out string path) ? _lane.Compiler.File(path) : null, findings));
        }

        private static MetadataReference Found(string name, MetadataReference reference, Findings findings)
        {
            findings.Look(name, reference != null);
            return reference;
        }

        private static string Combination(AssemblyDefinition definition, ICollection<string> defines) =>
            string.Join(" ", definition.Symbols.Select(symbol => defines.Contains(symbol) ? symbol : "!" + symbol));
    }
}
