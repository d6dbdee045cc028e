"""A server that logs the hash of every texture frame it sends; `unity_loop.py` plays against it.

With `--pattern` the avatar model is a fake: it sleeps for 2 ms and returns a picture of `--side` pixels that depends on
session, slot and frame index, so that no two frames are equal. Each frame is logged to `--log` as a JSON list per line,
before its bytes are passed to the transport:

    ["frame", session, slot, index, digest, tick, sent]     times of the machine's monotonic clock, in seconds
    ["say", session, conversation, turn, persona, text]     a player's line

The log is part of the benchmark; the product does not write one. Without `--log` nothing is logged or hashed. With
`--counts FILE` the messages of all streams are counted (counts.py); with `--unbundled` the server knows no bundles.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bridge.capabilities.avatar.service
import bridge.capabilities.dialogue.service
import bridge.control.service
import bridge.device.roster
from bridge.capabilities import CAPABILITIES, MODELS
from bridge.capabilities.avatar.frames import AvatarFrames, FrameRequest
from bridge.capabilities.dialogue.service import DialogueExchange
from bridge.config import Config
from bridge.device.catalog import ModelSpec, RungSpec, entries
from bridge.device.loop import run
from bridge.policy.work import Rung
from bridge.server import serve
from bridge.streams.stream import Stream
from bridge.v1 import avatar_pb2, dialogue_pb2
from models.program import Lane

sys.path.insert(0, str(Path(__file__).parents[1]))

from unity.counts import MessageCounts

SIDE = 128  # pixels: 64 KiB of RGBA
DIGITS = 16  # of a frame's SHA-256 in hexadecimal
_BATCH = 8
_SECONDS = 0.002  # per batch
_NOISE = np.random.default_rng(5).integers(0, 256, 2 * SIDE * SIDE * 4, np.uint8)
_MEANT_KEPT = 4096

Key = tuple[str, int, int]  # session, slot, frame index


def digest(payload: bytes | memoryview) -> str:
    """The shortened hash of a frame."""
    return hashlib.sha256(payload).hexdigest()[:DIGITS]


def pattern(key: Key, side: int = SIDE) -> NDArray[np.uint8]:
    """The picture of one frame. Every row starts with the frame's stamp, so that a mix of two frames is detected."""
    stamp = hashlib.sha256(repr(key).encode()).digest()
    start = int.from_bytes(stamp[:2]) % (SIDE * SIDE * 4)
    picture = _NOISE[start : start + side * side * 4].reshape(side, side * 4).copy()
    picture[:, : len(stamp)] = np.frombuffer(stamp, np.uint8)
    return picture.reshape(side, side, 4)


def lane_of(side: int) -> str:
    """The lane of pictures of that many pixels a side."""
    return f"avatar.{side}"


class PatternProgram:
    """The fake model; its inputs are frame keys."""

    name, version, resident_bytes = "avatar", "pattern", 1

    def __init__(self, side: int) -> None:
        self._side = side
        self.lanes = (Lane(lane_of(side), _BATCH, stages=1),)

    def start(self, lane: str, inputs: Sequence[Key]) -> Generator[None, None, Sequence[Any]]:
        time.sleep(_SECONDS)
        yield
        return [pattern(key, self._side) for key in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Key]:
        return [("", 0, number) for number in range(batch)]

    def close(self) -> None:
        pass


class Log:
    """The log, one line per entry. Lines are written through, so that a killed server has logged all it sent."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def note(self, *entry: object) -> None:
        self._file.write(json.dumps(entry) + "\n")


class PatternedFrames(AvatarFrames):
    """AvatarFrames whose model gets the key of each frame."""

    def rungs(self, request: FrameRequest) -> tuple[Rung, ...]:
        key = (self._session.id, request.slot, request.index)
        rungs = super().rungs(request)
        request.subject = key
        return tuple(rung._replace(prepare=_itself) if rung.lane else rung for rung in rungs)


def _itself(key: Key) -> Key:
    """What the fake model takes."""
    return key


def noted_frames(log: Log, base: type[AvatarFrames]) -> type[AvatarFrames]:
    """AvatarFrames that logs each frame as it is sent."""

    class NotedFrames(base):  # type: ignore[valid-type, misc]
        def __init__(self, stream: Stream, payloads: Any) -> None:
            super().__init__(stream, SimpleNamespace(messages=self._messages, is_shared=payloads.is_shared))
            self._inner = payloads
            self._meant: dict[tuple[int, int], float] = {}

        def rungs(self, request: FrameRequest) -> tuple[Rung, ...]:
            if len(self._meant) > _MEANT_KEPT:
                self._meant.clear()
            self._meant[request.slot, request.index] = request.arrival
            rungs: tuple[Rung, ...] = super().rungs(request)
            return rungs

        def _messages(self, response: avatar_pb2.StreamAvatarResponse, payload: bytes | memoryview) -> Sequence[bytes]:
            messages: Sequence[bytes] = self._inner.messages(response, payload)
            header = response.frame
            meant = self._meant.pop((header.slot, header.frame_index), 0.0)
            session, sent = self._session.id, time.perf_counter()
            log.note("frame", session, header.slot, header.frame_index, digest(payload), meant, sent)
            return messages

    return NotedFrames


def noted_dialogue(log: Log) -> type[DialogueExchange]:
    """DialogueExchange that logs what players say."""

    class NotedDialogue(DialogueExchange):
        def _say(self, message: dialogue_pb2.ConverseSay, arrival: float) -> None:
            said = (message.conversation_id, message.turn_id, message.persona, message.text)
            log.note("say", self._session.id, *said)
            super()._say(message, arrival)

    return NotedDialogue


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    parser.add_argument("--side", type=int, choices=(32, 64, SIDE), default=SIDE)
    parser.add_argument("--counts", type=Path)
    parser.add_argument("--unbundled", action="store_true")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--pattern", action="store_true")
    options = parser.parse_args()
    if options.counts:
        MessageCounts(options.counts).count_streams()
    if options.unbundled:
        assert hasattr(bridge.control.service, "_KNOWS_BUNDLES")
        bridge.control.service._KNOWS_BUNDLES = sys.maxsize
    models: list[ModelSpec] = []
    if options.pattern:
        side, lane = options.side, lane_of(options.side)
        rungs = (RungSpec(lane, lane, side, side), RungSpec("repeat"))
        model = replace(entries(CAPABILITIES)["avatar"].model, load=lambda device: PatternProgram(side), rungs=rungs)
        models.append(model)
    frames = PatternedFrames if options.pattern else AvatarFrames
    if options.log:
        log = Log(options.log)
        frames = noted_frames(log, frames)
        bridge.capabilities.dialogue.service.DialogueExchange = noted_dialogue(log)  # type: ignore[misc]
    bridge.capabilities.avatar.service.AvatarFrames = frames  # type: ignore[misc]
    config = Config(port=options.port, models=tuple(options.models.split(",")))
    on_ready = lambda port: print(f"serving at 127.0.0.1:{port}", flush=True)  # noqa: E731
    run(serve(config, on_ready=on_ready, models=models))


if __name__ == "__main__":
    main()
