"""A short model beside a long one: a tracker with a budget of 16.6 ms beside textures of 25 ms.

On one fake device, the tracker takes 5 ms per batch and is requested twice per frame at 60 Hz; the texture model takes
25 ms per picture, fifteen times a second, with a budget of 100 ms. Runs alternate: the tracker alone, then beside the
textures. Our server runs with `--slice-ms 2`. If textures can be suspended between slices, the tracker keeps its share;
otherwise it waits up to 25 ms.

    python benchmarks/two_models.py --repeats 3 --seconds 8
"""

import argparse
import random
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fake_device.play import Answer, Request, write_trace
from fake_device.runner import PeerUnavailable, run_peer
from fake_device.traces import FRAME, Ask, frames
from fake_device.workload import TRACKER_BESIDE_TEXTURE
from harness.record import finish, show

_TEXTURE_BUDGET, _TEXTURES = 0.100, 15.0

CONTENDERS = {
    "ours": ("ours", "slice=2"),
    "whole_passes": ("ours", "edf"),
    "triton": ("triton", "default"),
    "triton_priorities": ("triton", "priorities"),
    "mosec": ("mosec", "default"),
    "litserve": ("litserve", "default"),
}


def tracker(seconds: float, seed: int) -> list[Ask]:
    """Two requests per frame."""
    return frames(2, seconds, budget=FRAME, model="tracker", seed=seed)


def textures(seconds: float, seed: int) -> list[Ask]:
    """Fifteen requests a second at random phases."""
    draw = random.Random(seed)
    count = int(seconds * _TEXTURES)
    return [Ask((index + draw.random()) / _TEXTURES, "texture", 0, _TEXTURE_BUDGET) for index in range(count)]


def play(contender: str, asks: Sequence[Ask]) -> list[Answer]:
    """Play the requests; returns the answers in the same order."""
    peer, configuration = CONTENDERS[contender]
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        write_trace(trace, [Request(ask.at, ask.model, f"c{ask.client}", ask.budget, ask.more) for ask in asks])
        return run_peer(peer, configuration, TRACKER_BESIDE_TEXTURE, trace).answers


def share(asks: Sequence[Ask], answers: Sequence[Answer], model: str) -> float:
    """The share of a model's requests that were answered on the best rung and within budget."""
    mine = [
        answer.rung == 0 and 0 <= answer.received - answer.sent <= ask.budget
        for ask, answer in zip(asks, answers, strict=True)
        if ask.model == model
    ]
    return sum(mine) / len(mine)


def measure(contender: str, seconds: float, seed: int) -> dict[str, float]:
    """Measure the tracker alone and beside the textures."""
    alone = tracker(seconds, seed)
    both = sorted([*alone, *textures(seconds, seed)], key=lambda ask: ask.at)
    control, trial = play(contender, alone), play(contender, both)
    return {
        "tracker_alone": share(alone, control, "tracker"),
        "tracker_beside": share(both, trial, "tracker"),
        "textures": share(both, trial, "texture"),
    }


def plot(results: dict[str, dict[str, float]], path: Path) -> None:
    """Plot the tracker's share, alone and beside the textures, of all contenders."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panel = plt.subplots(figsize=(8, 3.6))
    bars = (("tracker_alone", "alone", "#bbbbbb", -0.2), ("tracker_beside", "beside textures", "#d62728", 0.2))
    for key, label, colour, offset in bars:
        shares = [100 * figures[key] for figures in results.values()]
        drawn = panel.barh([row + offset for row in range(len(shares))], shares, 0.38, color=colour, label=label)
        panel.bar_label(drawn, fmt="%.1f", padding=3, fontsize=8)
    panel.set(title="tracker's answers inside 16.6 ms, %", xlim=(0, 112), yticks=range(len(results)))
    panel.set_yticklabels(results)
    panel.invert_yaxis()
    panel.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in options.contenders}
    for repeat in range(options.repeats):
        for name in options.contenders:
            try:
                runs[name].append(measure(name, options.seconds, repeat + 1))
            except PeerUnavailable as reason:
                print(f"{name}: {reason}", flush=True)
            else:
                print(f"{repeat + 1}/{options.repeats} {name}: {runs[name][-1]}", flush=True)
    results = {}
    for name, found in runs.items():
        if found:
            results[name] = {key: round(statistics.median(run[key] for run in found), 4) for key in found[0]}
            lost = [100 * (run["tracker_alone"] - run["tracker_beside"]) for run in found]
            results[name]["points_lost"] = round(statistics.median(lost), 2)
    columns = ("contender", "tracker alone", "tracker beside textures", "points lost", "textures in 100 ms")
    rows = [
        (name, *(f"{figures[key]:.1%}" for key in ("tracker_alone", "tracker_beside")), figures["points_lost"],
         f"{figures['textures']:.1%}")
        for name, figures in results.items()
    ]  # fmt: skip
    show("Tracker (5 ms, budget 16.6) beside textures (25 ms, budget 100)", columns, rows)
    plot(results, Path(__file__).parent / "results" / "two_models.png")
    finish("two_models", results, {"seconds": options.seconds, "repeats": options.repeats})


if __name__ == "__main__":
    main()
