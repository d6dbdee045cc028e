"""The servers that transport.py compares, each with one thing changed."""

import json
from typing import NamedTuple


class Contender(NamedTuple):
    """How a server is started: a script of servers/, its arguments, and its environment."""

    script: str
    arguments: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def ours(self) -> bool:
        """Whether it is our complete server, on the fake device."""
        return self.script == "ours_varied.py"


def _bare(*arguments: str, **environment: str) -> Contender:
    return Contender("avatar_echo.py", arguments, tuple(environment.items()))


def _ours(*arguments: str, **environment: str) -> Contender:
    return Contender("ours_varied.py", arguments, tuple(environment.items()))


def _options(**options: int | str) -> tuple[str, str]:
    return "--options", json.dumps({name.replace("__", "."): value for name, value in options.items()})


_LATENCY = _options(grpc__optimization_target="latency")
_THROUGHPUT = _options(grpc__optimization_target="throughput")
_NO_PROBE = _options(grpc__http2__bdp_probe=0)
_SMALL_BUFFER = _options(grpc__http2__write_buffer_size=1)
_LARGE_BUFFER = _options(grpc__http2__write_buffer_size=1 << 20)
_LOOKAHEAD = _options(grpc__http2__lookahead_bytes=1 << 20)
_LARGE_READS = _options(grpc__experimental__tcp_min_read_chunk_size=65536, grpc__tcp_read_chunk_size=65536)

BARE = {
    "read": _bare(),
    "twin": _bare(),  # the same again: what a ratio is worth
    "generator": _bare("--api", "generator"),
    "asyncio loop": _bare("--loop", "asyncio"),
    "drained": _bare("--loop", "drained"),
    "poll": _bare(GRPC_POLL_STRATEGY="poll"),
    "epoll1": _bare(GRPC_POLL_STRATEGY="epoll1"),
    "no event_engine_listener": _bare(GRPC_EXPERIMENTS="-event_engine_listener"),
    "pollset_alternative": _bare(GRPC_EXPERIMENTS="pollset_alternative"),
    "event_engine_callback_cq": _bare(GRPC_EXPERIMENTS="event_engine_callback_cq"),
    "tcp_rcv_lowat": _bare(GRPC_EXPERIMENTS="tcp_rcv_lowat"),
    "tcp_frame_size_tuning": _bare(GRPC_EXPERIMENTS="tcp_frame_size_tuning"),
    "ph2_server": _bare(GRPC_EXPERIMENTS="ph2_server"),
    "latency": _bare(*_LATENCY),
    "throughput": _bare(*_THROUGHPUT),
    "bdp_probe=0": _bare(*_NO_PROBE),
    "write_buffer=1": _bare(*_SMALL_BUFFER),
    "write_buffer=1M": _bare(*_LARGE_BUFFER),
    "lookahead=1M": _bare(*_LOOKAHEAD),
    "read_chunk=64k": _bare(*_LARGE_READS),
    "switch=5ms": _bare("--switch", "0.005"),
    "threads": Contender("avatar_echo_threads.py"),
    "device": _bare("--api", "device"),
    "device, drained": _bare("--api", "device", "--loop", "drained"),
    "device, threads": Contender("avatar_echo_threads.py", ("--device",)),
    "device, split": Contender("avatar_echo_split.py"),
}

OURS = {
    "ours": _ours(),
    "ours, twin": _ours(),
    "ours, event_engine_listener": _ours(GRPC_EXPERIMENTS="event_engine_listener"),
    "ours, pollset_alternative": _ours(GRPC_EXPERIMENTS="pollset_alternative"),
    "ours, poll": _ours(GRPC_POLL_STRATEGY="poll"),
    "ours, hop a turn": _ours("--hops", "turn"),
    "ours, drained": _ours("--loop", "drained"),
    "ours, asyncio loop": _ours("--loop", "asyncio"),
    "ours, collector off": _ours("--collector", "off"),
    "ours, collector rare": _ours("--collector", "rare"),
    "ours, switch=5ms": _ours("--switch", "0.005"),
    "ours, switch=1ms": _ours("--switch", "0.001"),
    "ours, switch=20us": _ours("--switch", "0.00002"),
    "ours, bdp_probe=0": _ours(*_NO_PROBE),
    "ours, latency": _ours(*_LATENCY),
    "ours, read_chunk=64k": _ours(*_LARGE_READS),
}
