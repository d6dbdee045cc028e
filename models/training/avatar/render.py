"""Renders the true picture of a look: toon-head by Johan Melin (CC BY 4.0), drawn by dicebear and resvg.

The only file that imports dicebear, so that serving and testing do not need it. `render_chunks` is the preprocess
stage; chunks are written atomically.
"""

import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import resvg_py
from dicebear import Avatar, Style
from numpy.typing import NDArray
from PIL import Image

from models.avatar.look import COLORS, PARTS, Look, conditions
from models.training.avatar.dataset import CHUNK, SIZE, chunk_paths
from models.training.avatar.split import training_look

UPSTREAM_NAMES = {"side_combed": "sideComed"}  # the style's spelling


def render(look: Look, size: int = SIZE) -> NDArray[np.uint8]:
    """The true picture, uint8 [size, size, 4], premultiplied RGBA, top row first."""
    svg = Avatar(_style(), _options(look, size)).to_string()
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return premultiply(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")))


def premultiply(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight RGBA to premultiplied, rounded to nearest."""
    result = picture.astype(np.uint16)
    result[..., :3] = (result[..., :3] * result[..., 3:] + 127) // 255
    return result.astype(np.uint8)


def render_chunks(folder: Path, pictures: int, processes: int = 1) -> Iterator[int]:
    """Render the missing chunks of the first `pictures` looks; yields each finished chunk's number.

    Resumable: chunks whose file exists are skipped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [c for c, (file, _) in enumerate(chunk_paths(folder, pictures)) if not file.exists()]
    if processes == 1:
        yield from (_render_chunk(folder, chunk) for chunk in missing)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_render_chunk, folder, chunk) for chunk in missing]):
            yield done.result()


def _render_chunk(folder: Path, chunk: int) -> int:
    looks = [training_look(number) for number in range(chunk * CHUNK, (chunk + 1) * CHUNK)]
    pictures_path, conditions_path = chunk_paths(folder, (chunk + 1) * CHUNK)[chunk]
    _save_whole(conditions_path, np.stack([conditions(look) for look in looks]))
    _save_whole(pictures_path, np.stack([render(look) for look in looks]))
    return chunk


def _save_whole(path: Path, array: NDArray[np.generic]) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.save(file, array)
    partial.replace(path)


@cache
def _style() -> Style:
    return Style(json.loads(files("dicebear_styles").joinpath("toon-head.json").read_text("utf-8")))


def _options(look: Look, size: int) -> dict[str, object]:
    options: dict[str, object] = {"seed": "fixed", "size": size}
    for name in PARTS:
        part, choice = _camel(name), getattr(look, name)
        options[f"{part}Probability"] = 0 if choice == "none" else 100
        if choice != "none":
            options[f"{part}Variant"] = [_camel(choice)]
    for name in COLORS:
        options[_camel(name)] = ["#{:02x}{:02x}{:02x}".format(*getattr(look, name))]
    return options


def _camel(name: str) -> str:
    first, *rest = UPSTREAM_NAMES.get(name, name).split("_")
    return first + "".join(word.capitalize() for word in rest)
