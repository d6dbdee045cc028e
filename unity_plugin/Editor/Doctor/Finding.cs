using System;

namespace FrameBridge.Editor
{
    /// <summary>What a check of the Setup Doctor found, in words, and what mends it.</summary>
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

        /// <summary>How much it matters.</summary>
        public FindingLevel Level { get; }

        /// <summary>What was looked at, in a word or two.</summary>
        public string Name { get; }

        /// <summary>What was found, in one sentence.</summary>
        public string Found { get; }

        /// <summary>What mends it, in one or two sentences. Empty when there is nothing to mend.</summary>
        public string Mend { get; }

        /// <summary>What the fix button says. Empty when there is no button.</summary>
        public string FixLabel { get; }

        /// <summary>Whether <see cref="Fix"/> does something.</summary>
        public bool CanFix => _fix != null;

        /// <summary>Mends it. Main thread. Throws InvalidOperationException when there is no fix.</summary>
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
