"""Everything that FrameBridge raises.

BridgeError
├── ConfigError          a flag or a configuration that cannot be
├── InvalidRequest       a malformed request; says what is wrong and how to mend it
│   ├── OutOfRange       a number out of its range, NaN or infinite
│   ├── UnknownModel     no such model
│   │   └── ModelNotReady one that is not loaded, or not yet
│   ├── UnknownAttribute no such attribute, expression or choice
│   ├── InvalidImage     a picture that cannot be read
│   ├── PromptTooLong    a prompt that does not fit the context
│   └── TooLarge         larger than a limit of the handshake
├── UnknownSession       no such session, or its grace time is over
├── VersionMismatch      the client was built for another major version
├── Overloaded           a queue, a table or a stream limit is full
├── ShuttingDown         the server is stopping
├── ModelFailed          a model could not be loaded, or failed on a request
├── OutOfDeviceMemory    the device's memory ran out
├── ServerFault          a fault of the server's own in a call; its log has the cause
├── EngineFailed         a fault of ours has ended the device thread; restart the server
├── ServerUnavailable    client side: no server answers
├── ContractBroken       client side: the server sent what the contract does not allow
└── CallFailed           client side: the server refused a call; carries the error detail
"""


class BridgeError(Exception):
    """Any error of FrameBridge. Its text says what was wrong and what mends it."""


class ConfigError(BridgeError):
    """A flag or a configuration that cannot be."""


class InvalidRequest(BridgeError):
    """A malformed request."""


class OutOfRange(InvalidRequest):
    """A number out of its range, NaN or infinite."""


class UnknownModel(InvalidRequest):
    """No such model, or it is not loaded."""


class ModelNotReady(UnknownModel):
    """A model that is not loaded, or not yet. `retry_after` is in seconds; None when it does not come by itself."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnknownAttribute(InvalidRequest):
    """No such attribute, expression or choice."""


class InvalidImage(InvalidRequest):
    """A picture that cannot be read."""


class PromptTooLong(InvalidRequest):
    """A prompt that does not fit the context."""


class TooLarge(InvalidRequest):
    """Larger than a limit of the handshake."""


class UnknownSession(BridgeError):
    """No such session, or its grace time is over."""


class VersionMismatch(BridgeError):
    """The client was built for another major version."""


class Overloaded(BridgeError):
    """A queue, a table or a stream limit is full. `retry_after` is in seconds, None where it can only be guessed."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ShuttingDown(BridgeError):
    """The server is stopping."""


class ModelFailed(BridgeError):
    """A model could not be loaded, or failed on a request."""


class OutOfDeviceMemory(BridgeError):
    """The device's memory ran out."""


class ServerFault(BridgeError):
    """A fault of the server's own in a call. Its text names the line of the log that has the cause."""


class EngineFailed(BridgeError):
    """A fault of ours has ended the device thread. Nothing is answered any more; restart the server."""


class ServerUnavailable(BridgeError):
    """No server answers."""


class ContractBroken(BridgeError):
    """The other side sent what the contract does not allow."""


class CallFailed(BridgeError):
    """The server refused a call or a message, and says why and what mends it.

    `reason` is the contract's ErrorReason in lower case ("unknown_attribute"), or gRPC's status where the server sent
    none. `retry_after` is in seconds, 0 when not known.
    """

    def __init__(
        self, message: str, *, reason: str = "unspecified", retryable: bool = False, retry_after: float = 0.0
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after
