"""The demo's live view: what a player would see and hear, and whether it was on time. Only reads the game."""

import io
import re
import textwrap

import numpy as np
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bridge.client import Frame, Recognized
from bridge.tools.demo.counters import Counters
from bridge.tools.demo.game import CLIP, PHOTO, Game
from bridge.tools.demo.pictures import SURE
from bridge.tools.demo.size import described
from bridge.tools.demo.story import Conversation

_FACE, _SMALL_FACE = 34, 20  # columns; half as many rows, as a half block shows two pixels
_ROWS = 32  # a taller terminal gets the larger face
_BACKGROUND = np.array([24, 26, 33], np.float32)
_NAMES = {"avatar": "avatar frames", "classify": "classification", "detect": "detection", "dialogue": "first tokens"}
_PARTS = {
    "decode": "picture",
    "queue": "wait",
    "batch_wait": "batch",
    "blocked": "others",
    "compute": "run",
    "encode": "code",
    "transport": "link",
}


def render(game: Game, width: int, height: int) -> RenderableType:
    """The whole view, for a terminal of this size."""
    face = _FACE if height > _ROWS else _SMALL_FACE
    talk = (face // 2 + 3) // 2
    left = Panel(_face(game, face), title="avatar", border_style="magenta", width=face + 4)
    talks = [_talk(conversation, width - face - 8, talk) for conversation in game.conversations]
    seen = Panel(_seen(game), title="cameras", border_style="cyan")
    top = Table.grid(expand=True)
    top.add_column(width=face + 4)
    top.add_column(ratio=1)
    top.add_row(left, Group(*talks))
    return Group(top, seen, Panel(_figures(game), title=_title(game), border_style="green"))


def picture(game: Game, console_width: int = 122) -> str:
    """The view as an SVG picture. It loads no web font: any fixed-width one will do."""
    console = Console(record=True, width=console_width, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    console.print(render(game, console.width, 99))
    return re.sub(r"@font-face\s*{[^}]*}|<!--.*?-->", "", console.export_svg(title="framebridge demo"))


def _title(game: Game) -> str:
    options = game.options
    return f"{min(game.elapsed, options.seconds):.0f} of {options.seconds:g} s: {described(options)}"


def _face(game: Game, side: int) -> RenderableType:
    """The newest frame in half blocks: the upper pixel is the foreground colour, the lower one the background."""
    if not game.frames or not game.frames[-1].pixels.size:
        return Text("waiting for the first frame")
    pixels = shrink(game.frames[-1], side)
    text = Text(no_wrap=True)
    for y in range(0, side - 1, 2):
        for upper, lower in zip(pixels[y], pixels[y + 1], strict=True):
            text.append("▀", f"rgb({upper[0]},{upper[1]},{upper[2]}) on rgb({lower[0]},{lower[1]},{lower[2]})")
        text.append("\n")
    text.right_crop()
    return text


def shrink(frame: Frame, side: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The frame over a dark background, as RGB [side, side, 3]: the mean of the pixels under each cell.

    If the frame has fewer pixels than cells, some pixels are used for several.
    """
    pixels = frame.pixels.astype(np.float32)
    flat = pixels[..., :3] + _BACKGROUND * (1 - pixels[..., 3:] / 255)
    rows = np.add.reduceat(flat, np.arange(side) * frame.height // side, axis=0)
    cells = np.add.reduceat(rows, np.arange(side) * frame.width // side, axis=1)
    ones = np.diff(np.append(np.arange(side) * frame.height // side, frame.height)).clip(min=1)
    wide = np.diff(np.append(np.arange(side) * frame.width // side, frame.width)).clip(min=1)
    means: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = np.clip(
        cells / (ones[:, None, None] * wide[None, :, None]), 0, 255
    ).astype(np.uint8)
    return means


def _talk(conversation: Conversation, width: int, height: int) -> RenderableType:
    """The newest lines that fit, including a reply in progress."""
    name = conversation.character.name
    lines: list[Text] = []
    for exchange in conversation.exchanges[-2:]:
        spoken = exchange.reply.strip() + ("" if exchange.finish else "▌")
        spoken += " —" if exchange.finish == "interrupted" else ""
        lines += _said("player", "bold yellow", exchange.line, width)
        lines += _said(name, "bold green", spoken, width)
    return Panel(Group(*lines[-(height - 2) :]), title=name, border_style="green", height=height)


def _said(who: str, style: str, what: str, width: int) -> list[Text]:
    """Wrap a line to `width` characters, with the speaker in front."""
    first, *rest = textwrap.wrap(what, max(20, width - 8)) or [""]
    return [Text(f"{who:<8}", style).append(first, "not bold default"), *(Text(f"        {line}") for line in rest)]


def _seen(game: Game) -> RenderableType:
    lines = [
        Text(f"{title}: ", "bold").append(words(game.newest[slot]), "not bold")
        for title, slot in (("photo", PHOTO), ("clip", CLIP))
    ]
    return Group(*lines)


def words(answers: dict[str, Recognized]) -> str:
    """What was recognised, in a few words: objects, and the label in brackets."""
    said: list[str] = []
    if "detect" in answers:
        boxes = answers["detect"].boxes[:3]
        said.append(", ".join(f"{box.name} {box.score:.2f}" for box in boxes) or "no object")
    if "classify" in answers:
        said += [f"[{label.name} {label.score:.2f}]" for label in answers["classify"].labels[:1] if label.score >= SURE]
    return " ".join(said) or "…"


def _figures(game: Game) -> RenderableType:
    """A row per kind of work, in plain fixed-width text: laying out a table costs ten times as much."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(_HEAD, "bold")
    for work, name in _NAMES.items():
        _append_row(text, name, game.counters[work])
    return text


_HEAD = (
    f"{'':<15}{'budget':>8}{'in budget':>11}{'p50':>7}{'p99':>8}{'batch':>6}{'sent':>5}{'superseded':>11}"
    f"{'refused':>8}{'missed':>7}{'stale':>6}  {'where the time went, ms'}"
)


def _append_row(text: Text, name: str, counters: Counters) -> None:
    share = counters.so_far
    parts = sorted(counters.part_millis().items(), key=lambda item: -item[1])
    where = ", ".join(f"{_PARTS[part]} {millis:.{millis < 100:d}f}" for part, millis in parts[:2] if millis >= 0.05)
    text.append(f"\n{name:<15}{counters.budget * 1e3:>5g} ms")
    text.append(
        f"{share:>11.1%}" if counters.ended else f"{'':>11}",
        "green" if share >= 0.99 else "yellow" if share >= 0.9 else "red",
    )
    text.append(f"{counters.percentile(0.5) * 1e3:>7.1f}{counters.percentile(0.99) * 1e3:>8.1f}")
    text.append(f"{counters.mean_batch:>6.1f}{counters.sent:>5}{counters.superseded:>11}{counters.refused:>8}")
    text.append(f"{counters.missed:>7}{counters.stale:>6}  {where}")
