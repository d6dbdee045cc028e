"""Trackers on two street scenes with noise, drops and gaps, and on people who pass each other.

The scenes are motmetrics' true boxes of TUD-Campus and TUD-Stadtmitte, read from the installed package; each seed makes
another detector's report of them. Beside ours: a tracker by overlap alone, and `trackers` ByteTrack, with
its defaults and with our thresholds. Packages of the peer are installed on first use, in peers/trackers/.env.

    python benchmarks/tracking --seeds 20
"""

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from harness.record import finish, show

from tracking import peer
from tracking.carried import carried
from tracking.contenders import Followed, by_overlap, ours
from tracking.people import people
from tracking.scenes import DROPS, GAP, GAP_EVERY, NOISE, Frame, frames_of, noisy
from tracking.score import difference, kept_through_gaps, mean_of, through_gaps

Figures = dict[str, list[dict[str, float]]]


def street(truth: list[list[float]], seeds: range) -> dict[str, Any]:
    """One clip with all contenders."""
    runs = [noisy(frames_of(truth), seed) for seed in seeds]
    began = time.process_time()
    mine = [ours(run) for run in runs]
    took = (time.process_time() - began) / sum(map(len, runs))
    with_predicted = [[seen + more for seen, more in zip(*each, strict=True)] for each in mine]
    tracks = {
        "ours": lambda: [each.seen for each in mine],
        "ours_with_predicted_boxes": lambda: with_predicted,
        "overlap": lambda: [by_overlap(run).seen for run in runs],
        "bytetrack": lambda: peer.bytetrack(runs, peer.BYTETRACK),
        "bytetrack_with_our_thresholds": lambda: peer.bytetrack(runs, peer.BYTETRACK_WITH_OUR_THRESHOLDS),
    }
    with ThreadPoolExecutor() as pool:  # each waits for processes of the peer's environment
        found = {name: pool.submit(lambda made=made: peer.judged(runs, made())) for name, made in tracks.items()}
        figures: Figures = {name: each.result() for name, each in found.items()}
    return {
        "mean": {name: mean_of(each) for name, each in figures.items()},
        "idf1_of_ours_less": _less(figures, "idf1"),
        "switches_of_ours_less": _less(figures, "num_switches"),
        **_gaps(runs, mine),
        "carried_box_error": carried(runs),
        "ours_ms_a_frame": round(took * 1e3, 3),
        "idf1_by_seed": {name: [round(one["idf1"], 4) for one in each] for name, each in figures.items()},
    }


def _less(figures: Figures, metric: str) -> dict[str, Any]:
    """Paired differences of ours to each of the others."""
    ours = [each[metric] for each in figures["ours"]]
    others = (name for name in figures if not name.startswith("ours"))
    return {name: difference(ours, [each[metric] for each in figures[name]]) for name in others}


def _gaps(runs: list[list[Frame]], mine: list[Followed]) -> dict[str, float]:
    """The share of hidden frames with a right predicted box, and of gaps after which the id is the same."""
    shares = {}
    for name, count in (("hidden_frames_predicted", through_gaps), ("ids_kept_through_gaps", kept_through_gaps)):
        hits, all_of = zip(*(count(run, each) for run, each in zip(runs, mine, strict=True)), strict=True)
        shares[name] = round(sum(hits) / sum(all_of), 4)
    return shares


def passing_summary(scenes: dict[str, Any]) -> dict[str, Any]:
    """Of all who pass each other, how many keep their id."""
    return {
        how: {
            colours: f"{sum(one[how]['kept'] for one in some)} of {2 * len(some)}"
            for colours in ("same", "other")
            if (some := [one for name, one in scenes.items() if f"{colours} colours" in name])
        }
        for how in ("by_motion", "by_appearance")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = range(parser.parse_args().seeds)
    streets = {clip: street(truth, seeds) for clip, truth in peer.truth().items()}
    for clip, found in streets.items():
        rows = [[name, *figures.values()] for name, figures in found["mean"].items()]
        show(f"{clip}, means of {len(seeds)} seeds", ("tracker", "IDF1", "MOTA", "switches", "fragments"), rows)
    seen = people()
    seen["summary"] = passing_summary(seen["passing"])
    predicted = statistics.mean(found["hidden_frames_predicted"] for found in streets.values())
    print(f"hidden frames with a right predicted box: {predicted:.1%}; people: {seen['summary']}, {seen['alone']}")
    notes = {"noise": NOISE, "drops": DROPS, "gap_frames": GAP, "a_gap_in_each": GAP_EVERY, "seeds": len(seeds)}
    finish("tracking", {"streets": streets, "people": seen}, notes)


if __name__ == "__main__":
    main()
