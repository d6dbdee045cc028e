"""Speed, quality and size of each texture format: milliseconds, dB, bytes.

Pictures: renders of toon-head at 64, 128 and 256 pixels (which need the extra `train`; looks outside the training set),
and frames of the shipped avatar generator, at 64 pixels. All encoders run on each picture in turn, on one thread, so
that drift of the machine affects all alike. Reported: medians over the pictures.

dB is the PSNR of premultiplied RGBA, decoded by texture2ddecoder: of all four channels, but of RGB only for BC1, which
drops alpha (it decodes to black where the picture is transparent, as does the premultiplied picture). `zlib` is the
size of the blocks after zlib at level 1. `above_alpha` is the most that a colour exceeds its alpha in any picture, of
255: a premultiplied edge glows there; ours may reach 8.

The bridge's encoders are compared with others of the same formats: torch (on the CPU, one picture at a time and eight
at once), etcpak, ispc_texcomp's BC3, and its BC7 with the fastest profile for alpha. Required: 38 dB for BC3 of renders
at 256 pixels. `--sheet PATH` also draws one avatar in every format, decoded.
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
from encoders.contenders import CONTENDERS, Contender, Picture, above_alpha, decibels
from encoders.sheet import sheet
from harness.record import finish, show

from bridge.codecs import textures
from models.avatar.avatar_program import MAX_BATCH, AvatarProgram
from models.avatar.look import conditions
from models.training.avatar.evaluate import paint
from models.training.avatar.render import render
from models.training.avatar.split import held_out_look

PICTURES = 24
REPEATS = 3
SIDES = (64, 128, 256)
REQUIRED_DB = 38.0
Row = dict[str, float]


def sets() -> dict[str, list[Picture]]:
    """The sets of pictures, by name."""
    looks = [held_out_look(number) for number in range(PICTURES)]
    pictures = {f"true_{side}": [render(look, side) for look in looks] for side in SIDES}
    with torch.inference_mode():
        generated = paint(AvatarProgram.load(torch.device("cpu")), [conditions(look) for look in looks])
    return pictures | {"generated_64": list(generated)}


def milliseconds(encode: Callable[[], object]) -> float:
    """The median time of REPEATS calls."""
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        encode()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e3


def measure(pictures: Sequence[Picture]) -> dict[str, Row]:
    """Run all contenders on each picture in turn."""
    found: dict[str, list[Row]] = {contender.name: [] for contender in CONTENDERS}
    for contender in CONTENDERS:  # warm up contexts, tables and memory
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
    # JSON has no infinity: lossless formats have no dB.
    return {key: round(value, digits.get(key)) for key, value in found.items() if value != float("inf")}


def batched(pictures: Sequence[Picture]) -> Row:
    """Milliseconds per picture of the torch encoders, eight pictures at once."""
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
    """Print the table of one set of pictures."""
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
    """Measure and report; with --sheet also draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheet", type=Path, help="draw one avatar in every format to this PNG file")
    options = parser.parse_args()
    torch.set_num_threads(1)
    pictures = sets()
    if options.sheet:
        sheet(pictures["true_64"][0]).save(options.sheet)
    results: dict[str, Any] = {}
    for name, members in pictures.items():
        rows = measure(members)
        for encoder, ms in batched(members).items():
            rows[encoder]["ms_batched"] = ms
        results[name] = rows
        table(f"{name}: {len(members)} pictures, medians", rows)
    reached = results["true_256"]["bc3"]["db"]
    verdict = "reached" if reached >= REQUIRED_DB else "MISSED"
    print(f"BC3 of true renders at 256 pixels: {reached} dB, {REQUIRED_DB} required: {verdict}")
    finish(
        "textures",
        results,
        {
            "pictures": PICTURES,
            "db": "PSNR of premultiplied RGBA; of RGB alone for bc1*",
            "threads": 1,
            "asked": {"true_256.bc3.db": REQUIRED_DB},
        },
    )


if __name__ == "__main__":
    main()
