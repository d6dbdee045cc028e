namespace FrameBridge
{
    /// <summary>Why a request was not answered, for programs; the message is for people.</summary>
    public enum ErrorReason
    {
        /// <summary>Not known.</summary>
        Unspecified = 0,

        /// <summary>The message is malformed.</summary>
        Malformed = 1,

        /// <summary>A field's value is out of range.</summary>
        OutOfRange = 2,

        /// <summary>Client and server speak different major versions.</summary>
        VersionMismatch = 3,

        /// <summary>No session of this id, or its grace time is over.</summary>
        UnknownSession = 4,

        /// <summary>No model of this name, or it is not loaded.</summary>
        UnknownModel = 5,

        /// <summary>No attribute, expression or choice of this name.</summary>
        UnknownAttribute = 6,

        /// <summary>The picture is empty, damaged, or of a wrong size or format.</summary>
        InvalidImage = 7,

        /// <summary>Larger than a limit of the handshake.</summary>
        TooLarge = 8,

        /// <summary>The prompt does not fit the model's context.</summary>
        PromptTooLong = 9,

        /// <summary>A queue, a slot table or a stream limit is full.</summary>
        Overloaded = 10,

        /// <summary>No rung can meet the budget.</summary>
        BudgetUnmeetable = 11,

        /// <summary>The answer was complete after its deadline; its payload was dropped.</summary>
        BudgetMissed = 12,

        /// <summary>A newer request of the same slot replaced it.</summary>
        Superseded = 13,

        /// <summary>The client cancelled, interrupted or closed it.</summary>
        Cancelled = 14,

        /// <summary>The model failed on this request.</summary>
        ModelFault = 15,

        /// <summary>The device hangs or is lost.</summary>
        DeviceLost = 16,

        /// <summary>The server is stopping.</summary>
        ShuttingDown = 17,

        /// <summary>From the client: no server answers at the address.</summary>
        Unreachable = 1000,

        /// <summary>From the client: the connection broke before the answer arrived.</summary>
        ConnectionLost = 1001,

        /// <summary>From the client: the client was closed.</summary>
        Closed = 1002,

        /// <summary>From the client: no transport is registered, or its DLLs are missing.</summary>
        NoTransport = 1003,

        /// <summary>From the client: the server did not answer before the timeout.</summary>
        NoAnswer = 1004,
    }
}
