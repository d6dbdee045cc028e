"""The embedding model: what a text costs, how well similarity finds intents, and an index of many vectors.

    python benchmarks/embedding                 all, some minutes
    python benchmarks/embedding intents cost    some of it; the rest of the results stays as it was

`cost` is milliseconds on one thread and memory. `intents` compares lines that no author wrote with those that one did:
the threshold is chosen on half of the lines, and judged on the other half. `lines` is what the server takes the lines
of benchmarks/facts for. `memories` is what an NPC remembers, found for what is said later. `index` is usearch's graph
(extra `[vectors]`) beside the exact search in numpy.
"""

import argparse
import json
from collections.abc import Callable
from typing import Any

import torch
from harness.record import RESULTS, finish

from embedding.cost import cost
from embedding.index import index
from embedding.intents import intents
from embedding.lines import lines
from embedding.memories import memories

PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "cost": cost,
    "intents": intents,
    "lines": lines,
    "memories": memories,
    "index": index,
}
NAME = "embedding"


def main() -> None:
    """Run the parts that are named."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)")
    wanted = parser.parse_args().parts or list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    torch.set_num_threads(1)
    path = RESULTS / f"{NAME}.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else {}
    with torch.inference_mode():
        results |= {part: PARTS[part]() for part in PARTS if part in wanted}
    finish(NAME, {part: results[part] for part in PARTS if part in results})
