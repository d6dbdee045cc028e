"""Makes the recordings of the samples anew, and pictures of ArRecognition's wall and of Two NPCs: needs `dotnet` 10.

    python unity_plugin/Tests~/record.py [SAMPLE ...]

Starts a server with the real models and that of YourOwnModel, plays each sample against it, and writes what went over
the wire.
"""

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = HERE.parent / "Samples~"
PICTURES = (
    "tests/models/recognition/chelsea.jpg",
    "bridge/assets/astronaut.jpg",
    "tests/models/recognition/coffee.jpg",
)
CONVERSATION = HERE.parent / "Documentation~" / "images" / "two-npcs.png"
GALLERY = SAMPLES / "ArRecognition" / "gallery.jpg"
ALL = ("AvatarWall", "TalkToNpc", "TwoNpcs", "ArRecognition", "YourOwnModel", "ScriptOnly")
OWN_MODEL = SAMPLES / "YourOwnModel" / "own_model.py"
_SIDE, _MARGIN, _WALL = 320, 40, (96, 96, 96)
_READY = "serving at "


def main(samples: list[str]) -> int:
    """Record these samples, or all."""
    hang()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "gallery.raw"
        write_raw(raw)
        program = Path(folder) / "program"
        subprocess.run(["dotnet", "build", str(HERE / "Record"), "-o", str(program), "-v", "q"], check=True)
        serve = [sys.executable, "-m", "bridge.cli", "serve", "--port", "0", "--model", f"{OWN_MODEL}:MODEL"]
        with subprocess.Popen(serve, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = next(line for line in server.stdout if line.startswith(_READY)).removeprefix(_READY).strip()
                for sample in samples or ALL:
                    out = SAMPLES / sample / f"{sample}Recording.bytes"
                    command = ["dotnet", str(program / "Record.dll"), sample, address, str(out), str(raw)]
                    subprocess.run(command, check=True)
            finally:
                server.terminate()
        if "TwoNpcs" in (samples or ALL):
            shown = Path(folder) / "shown.json"
            subprocess.run(["dotnet", str(program / "Record.dll"), "picture", str(shown)], check=True)
            subprocess.run([sys.executable, str(HERE / "canvas_picture.py"), str(shown), str(CONVERSATION)], check=True)
    return 0


def hang() -> None:
    """The pictures side by side on a grey wall, of one height."""
    pictures = [Image.open(ROOT / name).convert("RGB") for name in PICTURES]
    sized = [picture.resize((round(picture.width * _SIDE / picture.height), _SIDE)) for picture in pictures]
    width = sum(picture.width + 2 * _MARGIN for picture in sized)
    wall = Image.new("RGB", (width, _SIDE + 2 * _MARGIN), _WALL)
    left = 0
    for picture in sized:
        wall.paste(picture, (left + _MARGIN, _MARGIN))
        left += picture.width + 2 * _MARGIN
    wall.save(GALLERY, quality=85)


def write_raw(path: Path) -> None:
    """The wall as a program without a decoder reads it: width, height, RGBA from the bottom row."""
    pixels = np.asarray(Image.open(GALLERY).convert("RGBA"))[::-1]
    path.write_bytes(struct.pack("<ii", pixels.shape[1], pixels.shape[0]) + pixels.tobytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
