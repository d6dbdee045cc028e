"""What a server loses to clients that mean it ill, or want all of it.

messages    seeded messages by the contract's descriptors, well-formed and absurd or broken in their bytes, to every
            method, unary and on streams that were opened or not; counted are calls that end UNKNOWN or INTERNAL
HTTP/2      resets, pings, settings, windows, headers without end, streams half open; the server must answer after each
greedy      four clients of another address, one after the other, each beside a well-behaved one: pictures, talk,
            handshakes, unread answers. Paired with an honest client of the same kind, process, bytes a second and nice
            value. The share is of the well-behaved client's answers that came within their budgets, by its own clock

After all that: resident memory over its value after an honest warm-up of every path, and what is left of jobs, slots,
threads and descriptors. The server is one as users start it, with the real models, in a process of its own.

    python benchmarks/hostile.py                                              # 25 minutes
    python benchmarks/hostile.py --messages 2000 --alternations 1 --seconds 3  # a look
"""

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import psutil
from google.protobuf.message_factory import GetMessageClass

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from abuse import ABUSES, commit, slow_headers  # noqa: E402
from mutations import Mutator  # noqa: E402
from record import finish, show  # noqa: E402

from bridge.client import BridgeClient  # noqa: E402
from bridge.v1 import avatar_pb2, bridge_pb2, bridge_pb2_grpc, dialogue_pb2, recognition_pb2  # noqa: E402

KINDS = ("pictures", "talk", "handshakes", "unread")
SEED = 13
SHARE = 0.95  # of the share beside an honest client
GROWTH = 1.05  # of resident memory
_ADDRESS = re.compile(r"serving at (\S+)")
_SENDERS = 12
_PER_STREAM = 25
_QUIET_SECONDS = 60.0  # grace time and what is under way
_SETTLE_SECONDS = 2.0
_BACKGROUND_BYTES = 20e6
_DONE_SECONDS = 5.0
_WATCH_SECONDS = 0.05  # a call that goes on until its caller leaves
_LEAST_RATE = 1e4  # bytes a second
_CLIENTS_OWN = "Internal error from Core"  # cygrpc says so of a write that crosses the end of its call
_WRONG = (grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL)
_FAULT = '"call failed"'
_HERE = str(Path(__file__).parent)


class Died(Exception):
    """The server's process has ended, or answers no more."""


class Server:
    """The server that is attacked. Its log is kept for the report."""

    def __init__(self, process: "subprocess.Popen[str]", address: str, log: Path) -> None:
        self.process = process
        self.address = address
        self.log = log
        self._process = psutil.Process(process.pid)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def logged(self) -> dict[str, int]:
        """The errors in its log by their events, without what follows a colon."""
        lines = [line for line in self.log.read_text().splitlines() if '"level": "error"' in line]
        return dict(Counter(json.loads(line)["event"].partition(" [")[0] for line in lines).most_common(10))

    def check(self, after: str) -> None:
        """Died when it does not run any more."""
        if self.process.poll() is not None:
            raise Died(
                f"the server ended with {self.process.returncode} after {after}:\n{self.log.read_text()[-3000:]}"
            )

    async def alive(self, after: str) -> None:
        """Died when it does not answer either."""
        self.check(after)
        try:
            async with asyncio.timeout(20.0), BridgeClient(self.address, timeout=15.0) as bridge:
                await bridge.stats()
        except Exception as error:
            self.check(after)
            raise Died(f"the server does not answer after {after}: {error!r}") from error

    async def quiet(self) -> bridge_pb2.GetStatsResponse:
        """Its counts once nobody is there any more, or after the longest time that it may take."""
        give_up = time.monotonic() + _QUIET_SECONDS
        async with grpc.aio.insecure_channel(self.address) as channel:
            stub: Any = bridge_pb2_grpc.BridgeServiceStub(channel)
            while True:
                stats: bridge_pb2.GetStatsResponse = await stub.GetStats(bridge_pb2.GetStatsRequest())
                busy = stats.job_count or stats.session_count or stats.stream_count
                if not busy or time.monotonic() > give_up:
                    return stats
                await asyncio.sleep(0.5)

    def open_files(self) -> Counter[str]:
        """Its descriptors by what they are."""
        found: Counter[str] = Counter()
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            with suppress(OSError):
                found[re.sub(r"\d+", "N", str(link.readlink()))] += 1
        return found

    def held(self) -> dict[str, int]:
        """What its process holds, but for connections that this one still has: gRPC closes a client's when it likes."""
        mine = {one.laddr.port for one in psutil.Process().net_connections("tcp")}
        ours = [one for one in self._process.net_connections("tcp") if one.raddr and one.raddr.port in mine]
        return {
            "rss": self._process.memory_info().rss,
            "threads": self._process.num_threads(),
            "descriptors": self._process.num_fds() - len(ours),
        }


@contextmanager
def serving() -> Iterator[Server]:
    """A server as users start it."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        command = [sys.executable, "-m", "bridge.cli", "serve", "--port", "0"]
        with (
            log.open("w") as errors,
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
        ):
            try:
                assert process.stdout is not None
                found = next((match for line in process.stdout if (match := _ADDRESS.search(line))), None)
                if found is None:
                    raise Died(f"the server did not start:\n{log.read_text()[-3000:]}")
                yield Server(process, found[1], log)
            finally:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(15)
                process.kill()


# -- messages ----------------------------------------------------------------------------------------------------------

_SERVICES = [
    service
    for module in (bridge_pb2, avatar_pb2, dialogue_pb2, recognition_pb2)
    for service in module.DESCRIPTOR.services_by_name.values()
]
_METHODS = [method for service in _SERVICES for method in service.methods]


class Sender:
    """Sends messages to all methods, and counts how their calls end."""

    def __init__(self, address: str, mutator: Mutator) -> None:
        self._mutator = mutator
        self._channel: Any = grpc.aio.insecure_channel(address, options=(("grpc.use_local_subchannel_pool", 1),))
        self.codes: Counter[grpc.StatusCode] = Counter()
        self.sent = 0
        self.wrong: list[str] = []
        self.unclear = 0

    async def send(self, count: int) -> None:
        """So many messages."""
        stub: Any = bridge_pb2_grpc.BridgeServiceStub(self._channel)
        protocol = bridge_pb2.ProtocolVersion(major=1, minor=1)
        while self.sent < count:
            if self.sent % 40 < _PER_STREAM or not self._mutator.sessions:
                with suppress(grpc.aio.AioRpcError):
                    await self._end_session(stub)
                    answer = await stub.Handshake(bridge_pb2.HandshakeRequest(protocol=protocol, client_name="mutant"))
                    self._mutator.sessions = [answer.session_id]
            method = self._mutator.random.choice(_METHODS)
            before = self.sent
            try:
                call = await (self._stream(method) if method.client_streaming else self._unary(method))
                code = await call.code()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.wrong.append(f"{method.full_name}: {error!r}")
                continue
            self.codes[code] += 1
            if code in _WRONG and await call.details() == _CLIENTS_OWN:
                self.unclear += 1
            elif code in _WRONG:
                self.wrong.append(f"{method.full_name}: {code.name} {await call.details()}")
            self.sent = max(self.sent, before + 1)
        await self._channel.close()

    async def _end_session(self, stub: Any) -> None:
        """All but one of four: those that are left to their grace time would soon be as many as an address may have."""
        if self._mutator.sessions and self._mutator.random.random() < 0.75:
            with suppress(grpc.aio.AioRpcError):  # a mutated call may have ended it
                await stub.EndSession(bridge_pb2.EndSessionRequest(session_id=self._mutator.sessions[0]))

    async def _unary(self, method: Any) -> Any:
        data = self._mutator.bytes_of(GetMessageClass(method.input_type))
        if method.server_streaming:
            call = self._channel.unary_stream(_path(method), None, None)(data, timeout=60.0)
            await self._leave(call, asyncio.create_task(_read_all(call)), _WATCH_SECONDS)
            return call
        call = self._channel.unary_unary(_path(method), None, None)(data, timeout=60.0)
        await call.code()
        return call

    async def _stream(self, method: Any) -> Any:
        kind = GetMessageClass(method.input_type)
        call = self._channel.stream_stream(_path(method), None, None)(timeout=60.0)
        reading = asyncio.create_task(_read_all(call))
        messages = self._messages(kind)
        with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            for data in messages:
                await call.write(data)
                self.sent += 1
            await call.done_writing()
        await self._leave(call, reading, _DONE_SECONDS)
        return call

    async def _leave(self, call: Any, reading: "asyncio.Task[None]", seconds: float) -> None:
        """Let it end, or end it."""
        try:
            async with asyncio.timeout(seconds):
                await reading
        except TimeoutError:
            call.cancel()

    def _messages(self, kind: Any) -> list[bytes]:
        draw = self._mutator.random
        messages = [self._mutator.bytes_of(kind) for _ in range(draw.randrange(1, _PER_STREAM))]
        if "open" in kind.DESCRIPTOR.fields_by_name:
            opened = kind()
            opened.open.session_id = self._mutator.sessions[0]
            messages = [opened.SerializeToString(), *self._without_openings(kind, len(messages))]
            if draw.random() < 0.1:
                draw.shuffle(messages)
        return messages

    def _without_openings(self, kind: Any, count: int) -> Iterator[bytes]:
        """Well-formed enough that the stream goes on, but for the last ones."""
        for number in range(count):
            message = self._mutator.filled(kind)
            while message.WhichOneof("message") in ("open", None):
                message = self._mutator.filled(kind)
            data = message.SerializeToString()
            yield data if number < count - 2 else self._mutator.broken(data)


async def _read_all(call: Any) -> None:
    with suppress(grpc.aio.AioRpcError):
        while await call.read() is not grpc.aio.EOF:  # type: ignore[attr-defined]
            pass


def _path(method: Any) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


async def mutated(server: Server, count: int) -> tuple[int, list[str]]:
    """Send messages from several connections at once. How many went, and what ended wrong.

    A call whose end gRPC's client lost counts as wrong where the server has a fault of its own in its log.
    """
    senders = [Sender(server.address, Mutator(SEED + number, [])) for number in range(_SENDERS)]
    await asyncio.gather(*(sender.send(-(-count // _SENDERS)) for sender in senders))
    codes = sum((sender.codes for sender in senders), Counter())
    show("How calls ended", ("code", "calls"), [(code.name, number) for code, number in codes.most_common()])
    print(f"gRPC's client lost the ends of {sum(sender.unclear for sender in senders)} calls", flush=True)
    wrong = [line for sender in senders for line in sender.wrong]
    wrong += [line for line in server.log.read_text().splitlines() if _FAULT in line]
    return sum(sender.sent for sender in senders), wrong


async def abused(server: Server) -> None:
    """Every abuse of HTTP/2."""
    for name in ABUSES:
        await commit(name, server.port)
        await server.alive(name)
        print(f"{name}: the server answers", flush=True)
    await slow_headers(server.port)
    await server.alive("slow headers")


# -- greedy clients ----------------------------------------------------------------------------------------------------


def started(script: str, *arguments: object) -> "subprocess.Popen[str]":
    """A client in a process of its own."""
    command = [sys.executable, str(Path(_HERE) / script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=_environment())


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{_HERE}", "GRPC_VERBOSITY": "NONE"}


def share_alone(server: Server, seconds: float) -> float:
    """The share of a well-behaved client's answers that are on time."""
    with started("neighbour.py", server.address, seconds) as neighbour:
        output, _ = neighbour.communicate(timeout=seconds + 60)
    if neighbour.returncode:
        return 0.0
    told = json.loads(output.splitlines()[-1])
    print(f"    {told}", flush=True)
    return sum(told["in_budget"].values()) / max(1, sum(told["asked"].values()))


def share_beside(server: Server, kind: str, manner: str, seconds: float, rate: float) -> tuple[float, float]:
    """That share beside a company, and the bytes a second that the company sent."""
    lasts = seconds + 30.0
    with started("company.py", kind, manner, server.address, lasts, rate) as company:
        assert company.stdout is not None
        began = time.monotonic()
        company.stdout.readline()
        time.sleep(_SETTLE_SECONDS)
        try:
            share = share_alone(server, seconds)
        finally:
            company.kill()
        took = time.monotonic() - began
        sent = [int(line) for line in company.stdout if line.strip().isdigit()]
    server.check(f"a {manner} client of {kind}")
    return share, max(_LEAST_RATE, (sent or [0])[-1] / took)


def paired(server: Server, kind: str, alternations: int, seconds: float) -> dict[str, Any]:
    """Shares beside greedy and honest clients, in turn."""
    shares: dict[str, list[float]] = {"greedy": [], "honest": []}
    rate = _BACKGROUND_BYTES
    for number in range(alternations):
        for manner in ("greedy", "honest") if number % 2 == 0 else ("honest", "greedy"):
            share, sent = share_beside(server, kind, manner, seconds, rate)
            shares[manner].append(share)
            rate = sent if manner == "greedy" else rate
            print(f"{kind} {number + 1}/{alternations} {manner}: {share:.1%}, {sent / 1e6:.1f} MB/s", flush=True)
    return {**{manner: statistics.median(found) for manner, found in shares.items()}, "runs": shares}


def warm_up(server: Server, seconds: float) -> None:
    """Go every way once, as honest clients do."""
    for kind in KINDS:
        for manner in ("warm", "honest"):
            share_beside(server, kind, manner, seconds, _BACKGROUND_BYTES)


# -- all of it ---------------------------------------------------------------------------------------------------------


def attack(server: Server, options: argparse.Namespace, results: dict[str, Any]) -> dict[str, Any]:
    """Everything in turn; `results` has what was found when the server dies. Returns notes."""
    warm_up(server, min(8.0, options.seconds))
    asyncio.run(server.quiet())
    before, files = server.held(), server.open_files()
    alone = share_alone(server, options.seconds)
    results["messages"], wrong = asyncio.run(mutated(server, options.messages))
    results["unknown_or_internal"] = len(wrong)
    asyncio.run(server.alive("the messages"))
    asyncio.run(abused(server))
    pairs = {kind: paired(server, kind, options.alternations, options.seconds) for kind in options.kinds}
    results["share_beside_honest"] = {kind: round(pair["honest"], 4) for kind, pair in pairs.items()}
    results["share_beside_hostile"] = {kind: round(pair["greedy"], 4) for kind, pair in pairs.items()}
    results.update(_left(asyncio.run(server.quiet()), before, server.held()))
    return {
        "alone": round(alone, 4),
        "wrong": wrong[:20],
        "descriptors_left": dict(server.open_files() - files),
        "rss_start_mib": before["rss"] >> 20,
        "logged": server.logged(),
        "runs": {kind: pair["runs"] for kind, pair in pairs.items()},
    }


def _left(stats: bridge_pb2.GetStatsResponse, before: dict[str, int], after: dict[str, int]) -> dict[str, Any]:
    return {
        "rss_over_start": round(after["rss"] / before["rss"], 3),
        "left": {
            "jobs": stats.job_count,
            "slots": stats.avatar_slot_count + stats.dialogue_busy_count,
            "threads": max(0, after["threads"] - before["threads"]),
            "descriptors": max(0, after["descriptors"] - before["descriptors"]),
        },
    }


def faults(results: dict[str, Any]) -> list[str]:
    """What is not as it should be."""
    found = [results["died"]] if "died" in results else []
    if results.get("unknown_or_internal"):
        found.append(f"{results['unknown_or_internal']} calls ended UNKNOWN or INTERNAL")
    for kind, honest in results.get("share_beside_honest", {}).items():
        if results["share_beside_hostile"][kind] < SHARE * honest:
            found.append(f"{kind}: a greedy client costs its neighbour more than an honest one")
    if results.get("rss_over_start", 1.0) > GROWTH:
        found.append(f"memory is {results['rss_over_start']} times what it was")
    found += [f"{count} {name} are left" for name, count in results.get("left", {}).items() if count]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run beside a company")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    options = parser.parse_args(arguments)
    results: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    try:
        with serving() as server:
            notes = attack(server, options, results)
    except Died as death:
        results["died"] = str(death)
    rows = [(kind, *(results[side][kind] for side in ("share_beside_honest", "share_beside_hostile")))
            for kind in results.get("share_beside_honest", {})]  # fmt: skip
    show("A well-behaved client's answers on time", ("company", "honest", "greedy"), rows)
    wrong = faults(results)
    for fault in wrong:
        print(f"FAULT {fault}")
    finish("hostile", results, {**notes, "seconds": options.seconds, "alternations": options.alternations})
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
