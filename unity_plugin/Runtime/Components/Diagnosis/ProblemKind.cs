namespace FrameBridge
{
    /// <summary>The kind of a problem.</summary>
    internal enum ProblemKind
    {
        /// <summary>All is well, or nothing is expected.</summary>
        None = 0,

        /// <summary>The connection is not ready; the text is the connection's.</summary>
        Connection,

        /// <summary>Nothing was requested: the component or the device lacks something; the text says what.</summary>
        Setup,

        /// <summary>The server's message about the request: an invalid look, a damaged picture, a failed model.</summary>
        Request,

        /// <summary>The model that answers is not ready.</summary>
        Model,

        /// <summary>The round trip to the server takes too long.</summary>
        Link,

        /// <summary>The server holds answers back, as earlier ones are unacknowledged.</summary>
        Backlog,

        /// <summary>The server takes longer than the budget allows.</summary>
        Budget,

        /// <summary>Only earlier answers are repeated: the server cannot make new ones within the budget.</summary>
        Repeat,

        /// <summary>The server's queues are full.</summary>
        Overloaded,

        /// <summary>The stream does not open.</summary>
        Stream,

        /// <summary>The camera has not delivered a picture yet.</summary>
        NoPicture,

        /// <summary>Pictures are due and none is sent.</summary>
        NotSent,

        /// <summary>No answer, and no known reason.</summary>
        Silence,
    }
}
