"""Runs the demo: starts a server, plays, measures, and writes the results."""

import asyncio
import contextlib
import io
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.live import Live

from bridge import assets
from bridge.client import BridgeClient, is_serving
from bridge.errors import ServerUnavailable
from bridge.tools.demo import pictures, view
from bridge.tools.demo.child import Child
from bridge.tools.demo.game import PHOTO, Game
from bridge.tools.demo.options import Options
from bridge.tools.demo.script import Character
from bridge.tools.demo.size import Size, described, fit, trial_characters
from bridge.tools.demo.summary import ServerFigures, summarize
from bridge.tools.demo.transcript import transcript

_VIEW_SECONDS = 0.4
_LINE_SECONDS = 5.0
_CLIP_PICTURES = 6
_JPEG_QUALITY = 85


def play(options: Options) -> int:
    """Run the demo. Returns 0 on success, 1 on an error, a missing answer or a stale one."""
    options.out.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False, soft_wrap=True)
    log = options.out / "server.log"
    console.print(f"starting a server; its log is {log}")
    with Child(options.config, log, lambda line: console.print(f"  {line}", markup=False)) as child:
        child.wait_ready()
        console.print(f"ready after {child.seconds_to_ready:.1f} s")
        size = Size(options) if options.full_size else asyncio.run(_fit(options, child.address, console))
        console.print(f"[{'green' if size.carried else 'yellow'}]{size.sentence}[/]")
        console.print(f"playing for {options.seconds:g} s")
        game = new_game(size.options)
        before = time.process_time()
        stats = asyncio.run(_play(game, child.address, console))
        mine = time.process_time() - before
        server = ServerFigures(child.seconds_to_ready, child.cpu_seconds_to_ready, child.cpu_seconds, mine, stats)
    summary = summarize(game, server, options, size)
    _write(game, summary)
    _tell(console, options.out, summary)
    return 0 if summary["ok"] else 1


def new_game(options: Options, characters: Sequence[Character] | None = None) -> Game:
    """A game with the embedded photo and clip, and the characters of the script unless others are given."""
    clip, clip_fps = assets.clip_frames()
    pictures = [_jpeg(Image.fromarray(frame)) for frame in clip]
    return Game(options, assets.photo(), pictures, clip_fps, characters)


async def _fit(options: Options, address: str, console: Console) -> Size:
    """Find the size that this machine carries."""
    await _check_serving(options, address)

    async def trial(sized: Options) -> Game:
        console.print(f"trying for {sized.seconds:g} s: {described(sized)}")
        game = new_game(sized, trial_characters(sized))
        async with BridgeClient(address) as bridge:
            await game.run(bridge)
        return game

    return await fit(options, trial)


async def _check_serving(options: Options, address: str) -> None:
    if not await is_serving(address):
        raise ServerUnavailable(f"the server at {address} is not SERVING; see {options.out / 'server.log'}")


async def _play(game: Game, address: str, console: Console) -> Any:
    await _check_serving(game.options, address)
    async with BridgeClient(address) as bridge:
        show = _lines if game.options.no_view or not console.is_terminal else _live
        async with show(game, console):
            await game.run(bridge)
        return await bridge.stats()


@asynccontextmanager
async def _live(game: Game, console: Console) -> AsyncIterator[None]:
    """Show the live view, drawn on another thread than the game's."""
    with Live(console=console, auto_refresh=False) as live:

        def draw() -> None:
            live.update(view.render(game, console.width, console.height), refresh=True)

        async with _repeating(lambda: asyncio.to_thread(draw), _VIEW_SECONDS):
            yield
        draw()


@asynccontextmanager
async def _lines(game: Game, console: Console) -> AsyncIterator[None]:
    """Print a line now and then, without a terminal to draw on."""

    async def line() -> None:
        shares = ", ".join(
            f"{work} {counters.so_far:.1%}" for work, counters in game.counters.items() if counters.ended
        )
        console.print(f"  {game.elapsed:4.0f} s  in budget: {shares or 'nothing yet'}")

    async with _repeating(line, _LINE_SECONDS):
        yield


@asynccontextmanager
async def _repeating(act: Callable[[], Any], seconds: float) -> AsyncIterator[None]:
    async def repeat() -> None:
        while True:
            await asyncio.sleep(seconds)
            await act()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _write(game: Game, summary: dict[str, Any]) -> None:
    out = game.options.out
    if game.frames:
        pictures.avatar_sheet(game.frames, out / "avatar_sheet.png")
        pictures.avatar_animation(game.frames, game.options.avatar_fps, out / "avatar.webp")
    pictures.annotated(game.photo, game.newest[PHOTO]).save(out / "photo_boxes.png")
    for old in out.glob("clip_*.png"):
        old.unlink()
    for number in _evenly([number for number, seen in game.clip_seen.items() if "detect" in seen]):
        drawn = pictures.annotated(game.clip[number], game.clip_seen[number])
        drawn.save(out / f"clip_{number:03d}.png")
    (out / "view.svg").write_text(view.picture(game), encoding="utf-8", newline="\n")
    (out / "transcript.md").write_text(transcript(game.conversations), encoding="utf-8", newline="\n")
    text = json.dumps(summary, indent=2, ensure_ascii=False)
    (out / "summary.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _evenly(numbers: list[int]) -> list[int]:
    numbers = sorted(numbers)
    count = min(_CLIP_PICTURES, len(numbers))
    return [numbers[place * (len(numbers) - 1) // max(1, count - 1)] for place in range(count)]


def _tell(console: Console, out: Path, summary: dict[str, Any]) -> None:
    for work, figures in summary["capabilities"].items():
        share = figures["in_budget"]
        color = "green" if share >= 0.99 else "yellow" if share >= 0.9 else "red"
        console.print(
            f"{work:<12} [{color}]{share:.1%}[/] of {figures['requests']} in budget, "
            f"p50 {figures['p50_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms, "
            f"{figures['superseded']} superseded, {figures['repeated']} repeated, {figures['refused']} refused, "
            f"{figures['missed']} admitted and late, {figures['stale']} stale"
        )
    speech = summary["capabilities"]["dialogue"]
    console.print(
        f"first token after {speech['first_token_ms']:.0f} ms, {speech['tokens_per_second']:.1f} tokens a second "
        f"for each character; server: {summary['peak_rss_mib']:.0f} MiB at its peak, "
        f"of which {summary['kv_pool_mib']:.0f} MiB for conversations"
    )
    console.print(_verdict(summary))
    for problem in summary["problems"]:
        console.print(f"[red]problem[/] {problem}")
    console.print(f"pictures, transcript and summary.json are in {out.resolve()}", markup=False)


def _verdict(summary: dict[str, Any]) -> str:
    share = summary["load"]["share_of_full"]
    size = "the full game" if share == 1.0 else f"{share:.0%} of the full game"
    machine = summary["machine"]
    where = f"{machine['processor']}, cores: {machine['cores']}, {machine['device']}"
    if not summary["short"]:
        return f"[green]{size} was kept in time[/] ({where})"
    return f"[yellow]{size} was not kept in time[/] ({where}): " + "; ".join(summary["short"])


def _jpeg(picture: Image.Image) -> bytes:
    """A picture as a game's camera would send it."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()
