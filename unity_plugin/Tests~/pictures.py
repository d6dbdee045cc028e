"""Regenerates Documentation~/images: pictures from a real server, and drawings.

    python unity_plugin/Tests~/pictures.py

Nothing here shows a Unity editor, as none was available.
"""

import asyncio
import subprocess
import sys
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))
IMAGES = HERE.parent / "Documentation~" / "images"
GALLERY = HERE.parent / "Samples~" / "ArRecognition" / "gallery.jpg"
PAPER, INK, BLUE, GREEN, GREY = "#f4f1ea", "#262834", "#2e86de", "#27ae60", "#8a8d99"
_READY = "serving at "
_SIDE, _GAP, _CELL = 4, 10, 128
_LINE = 17


class Sheet:
    """A drawing of boxes, arrows and words."""

    def __init__(self, width: int, height: int) -> None:
        letters = f'font-family="sans-serif" font-size="13" fill="{INK}"'
        head = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"'
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {letters}>',
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
            f'<defs><marker id="a" {head}><path d="M0,0L8,4L0,8z" fill="{INK}"/></marker></defs>',
        ]

    def box(self, x: int, y: int, width: int, height: int, text: str, color: str = BLUE) -> None:
        """A box with lines of text in its middle; the first one is bold."""
        self._parts.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" fill="white" stroke="{color}" '
            'stroke-width="2"/>'
        )
        lines = text.split("\n")
        top = y + height / 2 - (len(lines) - 1) * _LINE / 2 + 4
        for number, line in enumerate(lines):
            self.text(x + width // 2, round(top + number * _LINE), line, bold=number == 0, anchor="middle")

    def arrow(self, x1: int, y1: int, x2: int, y2: int, label: str = "", *, dx: int = 0, dy: int = -6) -> None:
        """An arrow with a word beside its middle."""
        self._parts.append(
            f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{INK}" stroke-width="1.5" marker-end="url(#a)"/>'
        )
        if label:
            self.text((x1 + x2) // 2 + dx, (y1 + y2) // 2 + dy, label, anchor="middle", color=GREY)

    def text(
        self,
        x: int,
        y: int,
        text: str,
        *,
        bold: bool = False,
        anchor: str = "start",
        color: str = INK,
        mono: bool = False,
    ) -> None:
        """A line of text."""
        weight = ' font-weight="bold"' if bold else ""
        family = ' font-family="monospace" xml:space="preserve"' if mono else ""
        self._parts.append(
            f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{color}"{weight}{family}>{escape(text)}</text>'
        )

    def panel(self, x: int, y: int, width: int, height: int, color: str) -> None:
        """A filled rectangle."""
        self._parts.append(f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="4" fill="{color}"/>')

    def save(self, name: str) -> None:
        """Write it."""
        (IMAGES / name).write_text("\n".join([*self._parts, "</svg>", ""]), encoding="utf-8", newline="\n")


def draw_layers() -> None:
    sheet = Sheet(720, 330)
    sheet.box(260, 20, 200, 56, "FrameBridge.Editor\nSetup Doctor, inspectors", GREEN)
    sheet.box(260, 120, 200, 56, "FrameBridge\ncomponents", GREEN)
    sheet.box(260, 250, 200, 56, "FrameBridge.Core\nclient, streams, wire", GREEN)
    sheet.box(20, 120, 200, 56, "FrameBridge.Handlers\nHTTP/2 for this runtime")
    sheet.box(20, 250, 200, 56, "FrameBridge.Grpc\nGrpc.Net.Client")
    sheet.box(510, 250, 190, 56, "ReplayTransport\na recording, in Core", GREEN)
    sheet.arrow(360, 76, 360, 118)
    sheet.arrow(360, 176, 360, 248)
    sheet.arrow(120, 176, 120, 248)
    sheet.arrow(220, 278, 258, 278)
    sheet.arrow(220, 176, 300, 248)
    sheet.arrow(508, 278, 462, 278)
    sheet.text(500, 40, "green: always compiles,", color=GREEN)
    sheet.text(500, 58, "needs no foreign DLL", color=GREEN)
    sheet.text(500, 90, "blue: compiled under", color=BLUE)
    sheet.text(500, 108, "FRAMEBRIDGE_GRPC", color=BLUE)
    sheet.save("layers.svg")


def draw_connection() -> None:
    sheet = Sheet(720, 210)
    for x, text, color in (
        (20, "Offline", GREY),
        (190, "Connecting", BLUE),
        (370, "Ready", GREEN),
        (560, "Reconnecting", BLUE),
    ):
        sheet.box(x, 40, 120, 44, text, color)
    sheet.box(190, 140, 120, 44, "Refused", "#c0392b")
    sheet.box(370, 140, 120, 44, "Closed", GREY)
    sheet.arrow(140, 62, 188, 62, "enable")
    sheet.arrow(310, 62, 368, 62)
    sheet.arrow(490, 54, 558, 54, "lost")
    sheet.arrow(558, 74, 490, 74, "0, 1, 2, 4, 8 s", dy=34)
    sheet.arrow(250, 84, 250, 138, "major differs", dx=50, dy=4)
    sheet.arrow(430, 84, 430, 138, "disable, quit", dx=46, dy=4)
    sheet.save("connection.svg")


def draw_avatar_path() -> None:
    sheet = Sheet(760, 240)
    sheet.box(20, 30, 130, 60, "server\none frame,\nin chunks if large", GREY)
    sheet.box(200, 30, 150, 60, "receiving thread\nbounds first,\none copy")
    sheet.box(400, 20, 150, 80, "three buffers\nwriting\nfresh\ntaken")
    sheet.box(600, 30, 140, 60, "main thread\nPlayerLoop step")
    sheet.box(600, 150, 140, 60, "Texture2D\nof this rung")
    sheet.box(400, 150, 150, 60, "target\nrenderer, RawImage,\nRenderTexture", GREEN)
    sheet.arrow(150, 60, 198, 60)
    sheet.arrow(350, 60, 398, 60)
    sheet.arrow(550, 60, 598, 60, "newest")
    sheet.arrow(670, 90, 670, 148, "upload", dx=28, dy=4)
    sheet.arrow(598, 180, 552, 180)
    sheet.text(20, 150, "A frame that was not taken", color=GREY)
    sheet.text(20, 168, "is overwritten: nothing queues up,", color=GREY)
    sheet.text(20, 186, "so nothing grows stale.", color=GREY)
    sheet.save("avatar-path.svg")


def draw_dialogue() -> None:
    sheet = Sheet(720, 230)
    sheet.box(20, 90, 110, 44, "Offline", GREY)
    sheet.box(190, 90, 110, 44, "Idle", GREEN)
    sheet.box(380, 30, 120, 44, "Thinking")
    sheet.box(560, 90, 120, 44, "Speaking")
    sheet.arrow(130, 104, 188, 104, "ready")
    sheet.arrow(188, 122, 130, 122, "lost", dy=16)
    sheet.arrow(300, 100, 378, 60, "Say", dx=-10)
    sheet.arrow(500, 60, 558, 98, "first token", dx=-44, dy=14)
    sheet.arrow(558, 124, 302, 124, "Done: end, interrupted, or failed", dy=18)
    sheet.arrow(600, 88, 502, 44, "Say: interrupts", dx=60, dy=-22)
    sheet.text(
        20,
        200,
        "Each turn is fenced by its number: late tokens of earlier turns are dropped.",
        color=GREY,
    )
    sheet.save("dialogue.svg")


def draw_pose() -> None:
    sheet = Sheet(720, 260)
    sheet.box(560, 30, 130, 50, "a cup\nstands still", GREEN)
    sheet.box(30, 60, 160, 56, "camera, before\nsends picture + pose")
    sheet.box(30, 180, 160, 56, "camera, now\ngets box + pose")
    sheet.arrow(190, 84, 556, 60, "picture taken from here")
    sheet.arrow(190, 200, 556, 76, "drawn from here: at the cup", dx=-60, dy=-24)
    sheet.arrow(115, 116, 115, 178, "it moves on", dx=46, dy=4)
    sheet.text(230, 226, "With the current pose, the box would be drawn where the", color=GREY)
    sheet.text(230, 244, "cup was in the old picture: it would drift.", color=GREY)
    sheet.save("capture-pose.svg")


def draw_hud() -> None:
    sheet = Sheet(720, 110)
    sheet.panel(0, 0, 720, 110, INK)
    lines = (
        "FrameBridge  Ready  link 0.4 ms  step 0.12 ms",
        "avatars  99.6 % in budget  p50 12.1 ms  p99 31.8 ms  1016 KiB/s  late 4 Queue 3 Encode 1",
        "dialogue  100.0 % in budget  p50 448.0 ms  p99 1102.0 ms  1 KiB/s",
        "cameras  97.9 % in budget  p50 82.4 ms  p99 149.0 ms  610 KiB/s  late 5 Blocked 5",
    )
    for number, line in enumerate(lines):
        sheet.text(14, 26 + 22 * number, line, mono=True, color="#ffffff")
    sheet.save("hud.svg")


def draw_doctor() -> None:
    sheet = Sheet(720, 236)
    rows = (
        ("#c0392b", "Libraries: Not in this project: Grpc.Net.Client, Grpc.Net.Common.", ""),
        ("#c0392b", "Server: 127.0.0.1:50051: no server answers there.", ""),
        ("#e0a800", "Android: Internet Access is set to Auto, so a build may lack the permission.", "Require"),
        ("#e0a800", "Background: The game stops when its window loses the focus.", "Switch on"),
        (GREEN, "HTTP/2: YetAnotherHttpHandler is installed.", ""),
        (GREEN, "Textures: This machine samples Bc3, Bc7, Rgba32, best first.", ""),
    )
    for number, (color, text, button) in enumerate(rows):
        top = 14 + 36 * number
        sheet.panel(14, top, 8, 28, color)
        sheet.text(34, top + 19, text)
        if button:
            sheet.panel(600, top, 104, 28, GREY)
            sheet.text(652, top + 19, button, anchor="middle", color="#ffffff")
    sheet.save("doctor.svg")


async def avatar_wall(address: str) -> None:
    """Sixteen looks as the server drew them."""
    from bridge.client import BridgeClient, Frame

    sheet = Image.new("RGB", (_SIDE * (_CELL + _GAP) + _GAP,) * 2, PAPER)
    async with BridgeClient(address, formats=("rgba32",)) as bridge, bridge.avatars() as avatars:
        for slot in range(_SIDE * _SIDE):
            avatars.set_look(slot, seed=1000 + slot)
            frame = await avatars.frame(slot, budget=5.0)
            assert isinstance(frame, Frame), frame
            row, column = divmod(slot, _SIDE)
            place = (_GAP + column * (_CELL + _GAP), _GAP + row * (_CELL + _GAP))
            sheet.paste(over_paper(frame.pixels[::-1] if frame.bottom_up else frame.pixels), place)
    sheet.save(IMAGES / "avatar-wall.png", optimize=True)


def over_paper(pixels: Any) -> Image.Image:
    """Colours that are multiplied by alpha, over paper, twice as large."""
    paper = np.array([int(PAPER[at : at + 2], 16) for at in (1, 3, 5)], np.float32)
    flat = pixels[..., :3].astype(np.float32) + paper * (1 - pixels[..., 3:].astype(np.float32) / 255)
    picture = Image.fromarray(np.clip(flat + 0.5, 0, 255).astype(np.uint8))
    return picture.resize((_CELL, _CELL), Image.Resampling.LANCZOS)


async def boxes(address: str) -> None:
    """What the detector sees on the wall of ArRecognition."""
    from bridge.client import BridgeClient, Recognized
    from bridge.tools.demo.pictures import annotated

    async with BridgeClient(address) as bridge, bridge.camera() as camera:
        answer = await camera.detect(GALLERY.read_bytes(), budget=5.0)
    assert isinstance(answer, Recognized), answer
    annotated(GALLERY.read_bytes(), {"detect": answer}).save(IMAGES / "recognition.jpg", quality=85)


def main() -> int:
    """All pictures."""
    IMAGES.mkdir(exist_ok=True)
    for draw in (draw_layers, draw_connection, draw_avatar_path, draw_dialogue, draw_pose, draw_hud, draw_doctor):
        draw()
    command = [sys.executable, "-m", "bridge.cli", "serve", "--port", "0", "--models", "avatar,detector"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = next(line for line in server.stdout if line.startswith(_READY)).removeprefix(_READY).strip()
            asyncio.run(avatar_wall(address))
            asyncio.run(boxes(address))
        finally:
            server.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
