namespace FrameBridge
{
    /// <summary>Why nothing comes.</summary>
    internal enum ProblemKind
    {
        /// <summary>All is well, or nothing is expected.</summary>
        None = 0,

        /// <summary>The connection is not ready; the text is the connection's own.</summary>
        Connection,

        /// <summary>Nothing was asked for: the component or the device lacks something; the text says what.</summary>
        Setup,

        /// <summary>The server's sentence about the request: a look that cannot be, a damaged picture, a failed model.</summary>
        Request,

        /// <summary>The model that answers is not ready.</summary>
        Model,

        /// <summary>The way to the server and back takes too long.</summary>
        Link,

        /// <summary>The server holds answers back, since earlier ones are still on their way.</summary>
        Backlog,

        /// <summary>The server takes longer than the budget allows.</summary>
        Budget,

        /// <summary>Only earlier answers come again: the server cannot make new ones within the budget.</summary>
        Repeat,

        /// <summary>Too much waits on the server.</summary>
        Overloaded,

        /// <summary>The stream does not open.</summary>
        Stream,

        /// <summary>The camera has not given a picture yet.</summary>
        NoPicture,

        /// <summary>Pictures are due and none goes up.</summary>
        NotSent,

        /// <summary>Nothing comes, and nothing says why.</summary>
        Silence,
    }
}
