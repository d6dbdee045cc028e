using System;

namespace FrameBridge
{
    /// <summary>One parameter of an action, read as its type. Made by <see cref="ActionParameter"/>.</summary>
    public sealed class ActionParameter<T>
    {
        private readonly Func<ActionArguments, T> _read;

        internal ActionParameter(string name, Func<ActionArguments, T> read)
        {
            Name = name ?? throw new ArgumentNullException(nameof(name));
            _read = read ?? throw new ArgumentNullException(nameof(read));
        }

        /// <summary>Its name in the schema; empty for several.</summary>
        public string Name { get; }

        internal T Read(in ActionArguments arguments) => _read(arguments);
    }
}
