namespace FrameBridge
{
    /// <summary>Why a model cannot take what is sent.</summary>
    internal enum InputFaultKind
    {
        /// <summary>It can.</summary>
        None,

        /// <summary>It has no input of this name.</summary>
        Unknown,

        /// <summary>It needs another input too.</summary>
        Missing,

        /// <summary>The input has another number format.</summary>
        Format,

        /// <summary>The input has other sizes.</summary>
        Shape,
    }
}
