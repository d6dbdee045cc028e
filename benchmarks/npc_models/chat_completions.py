"""An OpenAI-compatible endpoint with the embedded language model behind it: `python chat_completions.py`.

Just enough of one to stand for vLLM or llama.cpp's server, which the project does not install: a list of models, and
chat completions as a stream of events. It gives one reply after the other, and stops when its client leaves.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import PREFILL, DialogueProgram
from models.dialogue.reply import Piece
from models.dialogue.sampling import Sampling
from models.program import Unfinished

MODEL = "smollm2-135m-instruct"
_REASONS = {"end": "stop", "stop": "stop", "length": "length"}


def pieces(program: DialogueProgram, asked: dict[str, Any], left: threading.Event) -> Iterator[Piece]:
    """The pieces of a reply."""
    messages = [Message(Role(message["role"]), message["content"]) for message in asked["messages"]]
    sampling = Sampling(
        temperature=asked["temperature"],
        top_p=asked["top_p"],
        repetition_penalty=asked.get("repetition_penalty", 1.0),
        seed=asked.get("seed", 0),
        max_new_tokens=asked["max_tokens"],
        stop=tuple(asked.get("stop", ())),
    )
    reply = program.reply("client", messages, sampling)
    assert reply.reserve()
    lane, goes_on = PREFILL, True
    while goes_on and not left.is_set():
        run = program.start(lane, [reply])
        try:
            while True:
                next(run)
        except StopIteration as stop:
            (output,) = stop.value
        goes_on = isinstance(output, Unfinished)
        if goes_on:
            lane, prepares, output = output.lane, output.prepares, output.output
            if prepares:
                continue
        yield output
    reply.release()


class Endpoint:
    """Answers HTTP requests. One thread runs the model."""

    def __init__(self, program: DialogueProgram) -> None:
        self._program = program
        self._thread = ThreadPoolExecutor(1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                first, *lines = head.decode().splitlines()
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                kind = "application/json" if first.startswith("GET") else "text/event-stream"
                writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
                if first.startswith("GET"):
                    _write(writer, json.dumps({"data": [{"id": MODEL, "owned_by": "vllm"}]}))
                else:
                    await self._speak(json.loads(body), reader, writer)
                writer.write(b"0\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    async def _speak(self, asked: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left, loop = threading.Event(), asyncio.get_running_loop()

        def send(data: Any) -> None:
            if writer.is_closing() or reader.at_eof():
                left.set()
            else:
                _write(writer, f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")

        await loop.run_in_executor(
            self._thread, self._run, asked, left, lambda data: loop.call_soon_threadsafe(send, data)
        )
        send("[DONE]")

    def _run(self, asked: dict[str, Any], left: threading.Event, send: Callable[[Any], None]) -> None:
        with torch.inference_mode():
            for piece in pieces(self._program, asked, left):
                choice = {"index": 0, "delta": {"content": piece.text}, "finish_reason": None}
                if piece.finish:
                    choice |= {"finish_reason": _REASONS[piece.finish], "stop_reason": None}
                send({"choices": [choice]})
        usage = {"prompt_tokens": piece.prompt_tokens, "completion_tokens": piece.tokens}
        send({"choices": [], "usage": {**usage, "prompt_tokens_details": {"cached_tokens": piece.cached_tokens}}})


def _write(writer: asyncio.StreamWriter, text: str) -> None:
    data = text.encode()
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


async def main() -> None:
    with torch.inference_mode():
        program = DialogueProgram.load(torch.device("cpu"))
    server = await asyncio.start_server(Endpoint(program).serve, "127.0.0.1", 0)
    print(f"serving at 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    torch.set_num_threads(1)
    asyncio.run(main())
