namespace FrameBridge
{
    /// <summary>What is wrong with a runner's inputs. A plain value.</summary>
    internal struct InputFault
    {
        /// <summary>The kind of fault.</summary>
        internal InputFaultKind Kind;

        /// <summary>The tensor that is sent; null for one that is missing.</summary>
        internal TensorShape Given;

        /// <summary>Whether that is the texture.</summary>
        internal bool IsPicture;

        /// <summary>The input that the model declares, by its place; -1 if it has none of the name.</summary>
        internal int Declared;
    }
}
