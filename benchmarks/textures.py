"""What each texture format costs and keeps: milliseconds, dB, bytes.

Pictures: true renders of toon-head at 64, 128 and 256 pixels (drawn with the extra `train`; looks that the generator
was never trained on), and frames of the shipped avatar generator, which are 64 pixels wide. Every encoder takes each
picture in turn, on one thread, so that drift of the machine falls on all alike; reported are medians over the pictures.

dB is the peak signal to noise of premultiplied RGBA, decoded by texture2ddecoder: of all four channels, but of RGB
alone in BC1, which drops alpha (black where the picture is transparent, and so is the premultiplied picture). `zlib` is
what level 1 leaves of the blocks, in bytes. `above_alpha` is the furthest that a colour of any picture is above its
alpha, in steps of 255: a premultiplied rim glows where it is; ours may reach 8.

Beside the encoder that the bridge uses stand others of the same blocks: torch (on the processor, one picture at a time,
and eight at once), etcpak, BC3 as ispc_texcomp makes it, and BC7 by it with its quickest profile for alpha. Asked is
that BC3 keeps 38 dB of true renders at 256 pixels. `--sheet PATH` also draws one avatar in every format, decoded back.
"""

import argparse
import statistics
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from contenders import CONTENDERS, Contender, Picture, above_alpha, decibels
from record import finish, show
from texture_sheet import sheet

from bridge.codecs import textures
from models.avatar.avatar_program import MAX_BATCH, AvatarProgram
from models.avatar.look import conditions
from models.training.avatar.evaluate import paint
from models.training.avatar.render import render
from models.training.avatar.split import held_out_look

PICTURES = 24
REPEATS = 3
SIDES = (64, 128, 256)
ASKED_DB = 38.0
Row = dict[str, float]


def sets() -> dict[str, list[Picture]]:
    """The pictures by the name of their set."""
    looks = [held_out_look(number) for number in range(PICTURES)]
    pictures = {f"true_{side}": [render(look, side) for look in looks] for side in SIDES}
    with torch.inference_mode():
        generated = paint(AvatarProgram.load(torch.device("cpu")), [conditions(look) for look in looks])
    return pictures | {"generated_64": list(generated)}


def milliseconds(encode: Callable[[], object]) -> float:
    """The median of a few calls."""
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        encode()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e3


def measure(pictures: Sequence[Picture]) -> dict[str, Row]:
    """All contenders on all pictures, picture by picture."""
    found: dict[str, list[Row]] = {contender.name: [] for contender in CONTENDERS}
    for contender in CONTENDERS:  # contexts, tables and pages of memory
        contender.encode(pictures[0])
    for picture in pictures:
        for contender in CONTENDERS:
            found[contender.name].append(_one(contender, picture))
    return {name: _median(rows) for name, rows in found.items()}


def _one(contender: Contender, picture: Picture) -> Row:
    data = contender.encode(picture)
    row = {
        "ms": milliseconds(partial(contender.encode, picture)),
        "db": decibels(data, contender.form, picture),
        "bytes": len(data),
        "above_alpha": above_alpha(data, contender.form, len(picture)),
    }
    return row if contender.form.is_file else row | {"zlib_bytes": len(zlib.compress(data, 1))}


def _median(rows: Sequence[Row]) -> Row:
    found = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    found["db_min"] = min(row["db"] for row in rows)
    found["above_alpha"] = max(row["above_alpha"] for row in rows)
    digits = {"ms": 3, "db": 2, "db_min": 2}
    # JSON knows no infinity: a format that loses nothing has no dB.
    return {key: round(value, digits.get(key)) for key, value in found.items() if value != float("inf")}


def batched(pictures: Sequence[Picture]) -> Row:
    """Milliseconds a picture of the torch formats, eight encoded at once."""
    batches = [
        torch.from_numpy(np.stack(pictures[start : start + MAX_BATCH]))
        for start in range(0, len(pictures) - MAX_BATCH + 1, MAX_BATCH)
    ]
    found = {}
    for form in textures.available_on_device():
        took = [milliseconds(partial(textures.encode_on_device, batch, form)) for batch in batches]
        found[f"{form.value}_torch"] = round(statistics.median(took) / MAX_BATCH, 3)
    return found


def table(title: str, rows: dict[str, Row]) -> None:
    """One set of pictures, for people."""
    lines = []
    for contender in CONTENDERS:
        row = rows[contender.name]
        note = "" if contender.form.keeps_alpha else " RGB"
        kept = (f"{row['db']:.1f}{note}", f"{row['db_min']:.1f}") if "db" in row else ("exact", "exact")
        ms = f"{row['ms']:.2f}" + (f" ({row['ms_batched']:.2f} of 8)" if "ms_batched" in row else "")
        above = f"{row['above_alpha']:.0f}"
        lines.append((contender.name, ms, *kept, above, f"{row['bytes']:,.0f}", f"{row.get('zlib_bytes', 0):,.0f}"))
    show(title, ("encoder", "ms", "dB", "worst dB", "above alpha", "bytes", "zlib"), lines)


def main() -> None:
    """Measure, report, and draw if asked."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--sheet", type=Path, help="where to draw one avatar in every format, a PNG")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    pictures = sets()
    if chosen.sheet:
        sheet(pictures["true_64"][0]).save(chosen.sheet)
    results: dict[str, Any] = {}
    for name, members in pictures.items():
        rows = measure(members)
        for encoder, ms in batched(members).items():
            rows[encoder]["ms_batched"] = ms
        results[name] = rows
        table(f"{name}: {len(members)} pictures, medians", rows)
    reached = results["true_256"]["bc3"]["db"]
    verdict = "reached" if reached >= ASKED_DB else "MISSED"
    print(f"BC3 of true renders at 256 pixels: {reached} dB, {ASKED_DB} asked: {verdict}")
    finish(
        "textures",
        results,
        {
            "pictures": PICTURES,
            "db": "PSNR of premultiplied RGBA; of RGB alone for bc1*",
            "threads": 1,
            "asked": {"true_256.bc3.db": ASKED_DB},
        },
    )


if __name__ == "__main__":
    main()
