using System;

namespace FrameBridge.Editor
{
    /// <summary>A finding of the Setup Doctor, and how to fix it.</summary>
    public sealed class Finding
    {
        private readonly Action _fix;

        private Finding(FindingLevel level, string name, string found, string mend, string fixLabel, Action fix)
        {
            Level = level;
            Name = name;
            Found = found;
            Mend = mend;
            FixLabel = fixLabel;
            _fix = fix;
        }

        /// <summary>The finding's severity.</summary>
        public FindingLevel Level { get; }

        /// <summary>The subject, in a word or two.</summary>
        public string Name { get; }

        /// <summary>The finding, in one sentence.</summary>
        public string Found { get; }

        /// <summary>How to fix it, in one or two sentences. Empty if there is nothing to fix.</summary>
        public string Mend { get; }

        /// <summary>The fix button's label. Empty without a button.</summary>
        public string FixLabel { get; }

        /// <summary>Whether there is a fix.</summary>
        public bool CanFix => _fix != null;

        /// <summary>Runs the fix. Main thread. Throws InvalidOperationException without one.</summary>
        public void Fix()
        {
            if (_fix == null)
            {
                throw new InvalidOperationException($"{Name} has no fix button; do this: {Mend}");
            }

            _fix();
        }

        internal static Finding Fine(string name, string found) =>
            new Finding(FindingLevel.Fine, name, found, "", "", null);

        internal static Finding Note(string name, string found, string mend, string fixLabel = "", Action fix = null) =>
            new Finding(FindingLevel.Note, name, found, mend, fixLabel, fix);

        internal static Finding Fault(string name, string found, string mend, string fixLabel = "", Action fix = null) =>
            new Finding(FindingLevel.Fault, name, found, mend, fixLabel, fix);
    }
}
