"""Every error that FrameBridge raises.

BridgeError
├── ConfigError          an invalid flag or configuration
├── InvalidRequest       a malformed request; says what is wrong and how to fix it
│   ├── OutOfRange       a number out of range, NaN or infinite
│   ├── UnknownModel     no such model
│   │   └── ModelNotReady a model that is not loaded, or not yet
│   ├── UnknownAttribute no such attribute, expression or choice
│   ├── InvalidImage     a picture that cannot be read
│   ├── PromptTooLong    a prompt that does not fit the context
│   └── TooLarge         larger than a limit from the handshake
├── UnknownSession       no such session, or its grace time is over
├── VersionMismatch      the client was built for another major version
├── Overloaded           a queue, a table or a stream limit is full
├── ShuttingDown         the server is stopping
├── ModelFailed          a model could not be loaded, or failed on a request
│   └── EndpointFailed   a remote model's endpoint failed, or does not answer
├── OutOfDeviceMemory    the device ran out of memory
├── ServerFault          an internal error in a call; the server's log has the cause
├── NotServed            a method of somebody else's protocol that the server does not have
├── RequestEnded         a unary call whose request got no answer
├── EngineFailed         an internal error has ended the device thread; restart the server
├── ServerUnavailable    client side: no server answers
├── ContractBroken       client side: the server violated the contract
└── CallFailed           client side: the server refused a call; carries the error detail
"""

from typing import Any


class BridgeError(Exception):
    """Base class of all FrameBridge errors. The message says what was wrong and how to fix it."""


class ConfigError(BridgeError):
    """An invalid flag or configuration."""


class InvalidRequest(BridgeError):
    """A malformed request."""


class OutOfRange(InvalidRequest):
    """A number out of range, NaN or infinite."""


class UnknownModel(InvalidRequest):
    """No such model, or it is not loaded."""


class ModelNotReady(UnknownModel):
    """A model that is not loaded, or not yet. `retry_after` is in seconds; None if it will not load by itself."""

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
    """Larger than a limit from the handshake."""


class UnknownSession(BridgeError):
    """No such session, or its grace time is over."""


class VersionMismatch(BridgeError):
    """The client was built for another major version."""


class Overloaded(BridgeError):
    """A queue, a table or a stream limit is full. `retry_after` is in seconds; None if unknown."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ShuttingDown(BridgeError):
    """The server is stopping."""


class ModelFailed(BridgeError):
    """A model could not be loaded, or failed on a request."""


class EndpointFailed(ModelFailed):
    """A remote model's endpoint failed, or does not answer. The message never holds its key."""


class OutOfDeviceMemory(BridgeError):
    """The device ran out of memory."""


class ServerFault(BridgeError):
    """An internal error in a call. The message names the log line with the cause."""


class NotServed(BridgeError):
    """A method of somebody else's protocol that the server does not have. The message says what to use instead."""


class RequestEnded(BridgeError):
    """A unary call whose request got no answer. `outcome` is the contract's, with why."""

    def __init__(self, message: str, outcome: Any = None) -> None:
        super().__init__(message)
        self.outcome = outcome


class EngineFailed(BridgeError):
    """An internal error has ended the device thread. Nothing is answered any more; restart the server."""


class ServerUnavailable(BridgeError):
    """No server answers."""


class ContractBroken(BridgeError):
    """The other side violated the contract."""


class CallFailed(BridgeError):
    """The server refused a call or a message; says why and how to fix it.

    `reason` is the contract's ErrorReason in lower case ("unknown_attribute"), or gRPC's status if the server sent
    none. `retry_after` is in seconds, 0 if unknown.
    """

    def __init__(
        self, message: str, *, reason: str = "unspecified", retryable: bool = False, retry_after: float = 0.0
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable
        self.retry_after = retry_after
