using System.Collections.Generic;
using System.Linq;

namespace FrameBridge.Asmdefs
{
    /// <summary>The builds' findings about one asmdef.</summary>
    internal sealed class Findings
    {
        private readonly HashSet<string> _compiled = new HashSet<string>();
        private readonly HashSet<string> _skipped = new HashSet<string>();
        private readonly HashSet<string> _found = new HashSet<string>();
        private readonly HashSet<string> _missed = new HashSet<string>();
        private readonly Dictionary<string, string> _faults = new Dictionary<string, string>();

        internal Findings(AssemblyDefinition definition)
        {
            Name = definition.Name;
            Path = definition.Path;
        }

        public string Name { get; }

        public string Path { get; }

        /// <summary>The compiled combinations of its symbols.</summary>
        public IEnumerable<string> Compiled => _compiled.OrderBy(text => text, System.StringComparer.Ordinal);

        /// <summary>Those with which Unity never compiles it, because of its platforms or define constraints.</summary>
        public IEnumerable<string> NotCompiled => _skipped.Except(_compiled).OrderBy(text => text, System.StringComparer.Ordinal);

        /// <summary>References that no build has.</summary>
        public IEnumerable<string> NeverFound => _missed.Except(_found).OrderBy(text => text, System.StringComparer.Ordinal);

        /// <summary>Each with the first build that has it.</summary>
        public IEnumerable<string> Faults => _faults.Select(fault => $"{fault.Key}\n    in {fault.Value}");

        internal void Skip(string combination) => _skipped.Add(combination);

        internal void Look(string reference, bool found) => (found ? _found : _missed).Add(reference);

        internal bool Unknown(string symbol)
        {
            _faults.TryAdd($"{Path}: nobody has told the lane what {symbol} is; add it to Building/Target.cs", "all builds");
            return false;
        }

        internal void Add(string combination, Compiled compiled, string build)
        {
            if (compiled.Assembly != null)
            {
                _compiled.Add(combination);
            }

            foreach (string fault in compiled.Faults)
            {
                _faults.TryAdd(fault, combination.Length > 0 ? $"{build}: {combination}" : build);
            }
        }
    }
}
