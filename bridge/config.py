"""Server configuration: flags become one frozen record, validated once and never changed.

Times are in seconds, sizes in bytes. ConfigError begins with the flag, and names its valid values.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.errors import ConfigError

LOOPBACK_NAMES = ("localhost",)
MOST_HISTORY_LINES = 480  # a line has two fields, and a message may have 1,024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits sent to every client in the handshake."""

    message_bytes: int = 16 * 1024 * 1024
    image_bytes: int = 12 * 1024 * 1024
    image_pixels: int = 4096 * 4096
    image_side: int = 16384
    image_scans: int = 32  # of a JPEG of `image_pixels`; fewer for a larger one
    waiting_image_bytes: int = 64 * 1024 * 1024  # of a session's pictures waiting to be decoded
    waiting_image_total_bytes: int = 256 * 1024 * 1024  # over all clients; one identity may take half
    prepared_image_bytes: int = 64 * 1024 * 1024  # of a session's decoded pictures waiting for the device
    prepared_image_total_bytes: int = 384 * 1024 * 1024  # over all clients; one identity may take half
    concurrent_decodes: int = 8
    sessions: int = 256
    sessions_per_identity: int = 192  # leaves room for others
    model_watches: int = 256  # concurrent WatchModels calls
    model_watches_per_identity: int = 192
    streams_per_session: int = 16
    slots_per_stream: int = 64
    conversations_per_session: int = 64
    unacknowledged_frames: int = 2
    pose_bytes: int = 1024
    text_bytes: int = 16 * 1024
    history_lines: int = 384  # of a conversation; more than the largest context holds, as is the next
    history_bytes: int = 64 * 1024
    npc_bytes: int = 64 * 1024  # of a character that a turn brings; files of the server may be larger
    action_result_bytes: int = 4 * 1024
    budget_seconds: float = 60.0
    chunk_bytes: int = 256 * 1024
    concurrent_streams: int = 512
    shared_memory_bytes: int = 4 * 1024 * 1024  # per client on the same host; 0 disables it
    shared_memory_total_bytes: int = 256 * 1024 * 1024  # over all clients; one identity may take half
    outbox_messages: int = 256  # answers queued for a client that does not read
    unread_call_bytes: int = 32 * 1024 * 1024  # unread answers of one call
    unread_session_bytes: int = 64 * 1024 * 1024
    unread_identity_bytes: int = 128 * 1024 * 1024
    unread_total_bytes: int = 256 * 1024 * 1024  # over all clients; one identity may take half
    tensor_bytes: int = 16 * 1024 * 1024  # of one request's or result's tensors
    infer_message_bytes: int = 1024 * 1024  # of one message's tensors; a larger request comes in parts
    open_inferences: int = 256  # unanswered requests of a stream
    waiting_tensor_bytes: int = 64 * 1024 * 1024  # of a session's tensors waiting for the device
    waiting_tensor_total_bytes: int = 512 * 1024 * 1024  # over all clients; one identity may take half
    upload_memory_bytes: int = 4 * 1024 * 1024  # per inference stream on the same host; 0 disables it
    upload_memory_total_bytes: int = 256 * 1024 * 1024  # over all clients; one identity may take half


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of one server."""

    host: str = "127.0.0.1"
    port: int = 50051
    insecure: bool = False
    device: str = "auto"
    models: tuple[str, ...] | None = None  # None: all models of all capabilities
    sources: tuple[str, ...] = ()  # of models that are not FrameBridge's, as `--model` takes them
    model_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # of those models: values by field
    slice_seconds: float = 0.004
    memory_limit_bytes: int | None = None
    dialogue_model: str | None = None  # a path, absolute, or openai:URL; None: the embedded one
    dialogue_remote_model: str | None = None  # None: the only one of the endpoint
    dialogue_api_key_env: str | None = None
    dialogue_api_key_file: Path | None = None
    dialogue_requests: int = 16
    dialogue_timeout: float = 30.0
    dialogue_slots: int = 24
    dialogue_context: int = 1024
    dialogue_adapters: tuple[str, ...] = ()  # "NAME=FOLDER", absolute: LoRA adapters of the dialogue model
    dialogue_npc_adapter: str | None = None  # the one that NPCs speak with; None: what ships with the embedded model
    npcs_folder: str | None = None  # absolute: a file *.toml for each NPC
    session_grace_seconds: float = 30.0
    drain_seconds: float = 5.0
    warm_up_pace: float = 0.01
    budgets: Mapping[str, float] = field(default_factory=dict)  # by kind of work; the capability's default otherwise
    token_pace: float = 0.2
    trace: Path | None = None
    metrics_port: int | None = None
    moderation_input: bool = True
    moderation_output: bool = False
    moderation_list: Path | None = None  # None: the one that ships
    moderation_outcomes: tuple[str, ...] = ()  # "CLASS=OUTCOME", in place of the list's
    moderation_score: float = 0.9
    moderation_lines_per_minute: float | None = None
    moderation_burst: int = 10
    moderation_audit: Path | None = None
    moderation_audit_text: bool = False
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise ConfigError(f"--port {self.port} is not a port; use 0 (any free one) to 65535")
        if self.metrics_port is not None and not 0 <= self.metrics_port <= 65535:
            raise ConfigError(f"--metrics-port {self.metrics_port} is not a port; use 0 (any free one) to 65535")
        if self.metrics_port and self.metrics_port == self.port:
            raise ConfigError(f"--metrics-port {self.port} is the server's own port; use another one, or 0 for any")
        if not self.insecure and not is_loopback(self.host):
            raise ConfigError(
                f"--host {self.host} is reachable from other machines and there is no TLS yet; "
                "add --insecure to listen there anyway, or use 127.0.0.1"
            )
        if not 1 <= self.dialogue_slots <= 256:
            raise ConfigError(f"--dialogue-slots {self.dialogue_slots} is out of range; use 1 to 256")
        if not 128 <= self.dialogue_context <= 131_072:
            raise ConfigError(f"--dialogue-context {self.dialogue_context} is out of range; use 128 to 131072 tokens")
        if not 1 <= self.dialogue_requests <= 1024:
            raise ConfigError(f"--dialogue-requests {self.dialogue_requests} is out of range; use 1 to 1024")
        if not 0.1 <= self.dialogue_timeout <= 600:
            raise ConfigError(f"--dialogue-timeout {self.dialogue_timeout:g} is out of range; use 0.1 to 600 seconds")
        if not 0.0005 <= self.slice_seconds <= 0.1:
            raise ConfigError(f"--slice-ms {self.slice_seconds * 1e3:g} is out of range; use 0.5 to 100")
        if not 1 <= self.limits.history_lines <= MOST_HISTORY_LINES:
            raise ConfigError(
                f"limits.history_lines is {self.limits.history_lines}; use 1 to {MOST_HISTORY_LINES}, "
                "as many lines as a message can carry"
            )
        if self.memory_limit_bytes is not None and self.memory_limit_bytes < 1 << 28:
            raise ConfigError("--memory-limit-mib is out of range; the models need at least 256 MiB")
        self._check_moderation()

    def _check_moderation(self) -> None:
        if not 0 <= self.moderation_score <= 1:
            raise ConfigError(f"--moderation-score {self.moderation_score:g} is out of range; use 0 to 1")
        lines = self.moderation_lines_per_minute
        if lines is not None and not 0.1 <= lines <= 6000:
            raise ConfigError(f"--moderation-lines-per-minute {lines:g} is out of range; use 0.1 to 6000")
        if not 1 <= self.moderation_burst <= 1000:
            raise ConfigError(f"--moderation-burst {self.moderation_burst} is out of range; use 1 to 1000")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
