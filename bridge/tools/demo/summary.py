"""Builds the results of a run, for `summary.json`."""

from dataclasses import dataclass
from typing import Any

from bridge.tools.demo.counters import Counters, joined
from bridge.tools.demo.game import Game
from bridge.tools.demo.machine import machine
from bridge.tools.demo.options import Options
from bridge.tools.demo.size import Size
from bridge.v1 import bridge_pb2

MIB = 2**20
_IN_BUDGET = 0.99
_LATE = 0.005  # share of requests that were admitted and came late


@dataclass(frozen=True, slots=True)
class ServerFigures:
    """Measurements of the demo's server."""

    seconds_to_ready: float
    cpu_seconds_to_ready: float
    cpu_seconds: float
    game_cpu_seconds: float
    stats: bridge_pb2.GetStatsResponse


def summarize(game: Game, server: ServerFigures, full: Options, size: Size) -> dict[str, Any]:
    """The results. `ok` is false on an error, a missing answer or a stale one, but not because a machine is slow."""
    options, stats = game.options, server.stats
    recognition = _work(joined([game.counters["classify"], game.counters["detect"]], options.budget("detect")))
    capabilities = {
        "avatar": _work(game.counters["avatar"]) | {"frames_per_second": options.avatar_fps},
        "dialogue": _work(game.counters["dialogue"]) | _speech(game),
        "recognition": recognition
        | {
            "classify": _work(game.counters["classify"]) | {"pictures_per_second": options.classify_fps},
            "detect": _work(game.counters["detect"]) | {"pictures_per_second": options.detect_fps},
        },
    }
    problems = _problems(game)
    summary = {
        "ok": not problems,
        "problems": problems,
        "seconds": options.seconds,
        "seconds_to_ready": round(server.seconds_to_ready, 2),
        "cpu_seconds_to_ready": round(server.cpu_seconds_to_ready, 2),
        "cpu_seconds": round(server.cpu_seconds, 2),
        "game_cpu_seconds": round(server.game_cpu_seconds, 2),
        "peak_rss_mib": round(stats.peak_resident_bytes / MIB, 1),
        "kv_pool_mib": round(stats.dialogue_pool_bytes / MIB, 1),
        "late_ticks": game.late_ticks,
        "capabilities": capabilities,
        "load": load(full, size),
        "machine": machine(stats.device),
    }
    return summary | {"short": short(summary)}


def load(full: Options, size: Size) -> dict[str, Any]:
    """What was played, what the full size would be, and why."""
    return {
        "sentence": size.sentence,
        "carried": size.carried,
        "share_of_full": round(size.share, 3),
        "played": _rates(size.options),
        "full": _rates(full),
        "trials": [{"share_of_full": round(trial.share, 3), "shortfall": trial.shortfall} for trial in size.trials],
    }


def short(summary: dict[str, Any]) -> list[str]:
    """Where a run falls short: less than 99 % in budget, more than 0.5 % admitted and late, late first tokens."""
    recognition = summary["capabilities"]["recognition"]
    works = {
        "avatar frames": summary["capabilities"]["avatar"],
        "classification": recognition["classify"],
        "detection": recognition["detect"],
        "first tokens": summary["capabilities"]["dialogue"],
    }
    return [said for name, figures in works.items() if (said := _short(name, figures))]


def _short(name: str, figures: dict[str, Any]) -> str:
    if figures["in_budget"] >= _IN_BUDGET and figures["missed"] <= _LATE * figures["requests"]:
        return ""
    return f"{name}: {figures['in_budget']:.1%} in budget, {figures['missed']} of {figures['requests']} late"


def _rates(options: Options) -> dict[str, float]:
    return {
        "avatars": 1,
        "avatar_fps": options.avatar_fps,
        "classify_fps": options.classify_fps,
        "detect_fps": options.detect_fps,
        "characters": options.characters,
    }


def _work(counters: Counters) -> dict[str, Any]:
    return {
        "budget_ms": round(counters.budget * 1e3, 3),
        "requests": counters.sent,
        "in_budget": round(counters.in_budget, 4),
        "superseded": counters.superseded,
        "superseded_share": round(counters.superseded / counters.sent, 4) if counters.sent else 0.0,
        "refused": counters.refused,
        "missed": counters.missed,  # admitted, and late
        "missed_share": round(counters.missed / counters.sent, 4) if counters.sent else 0.0,
        "missed_on_the_way": counters.missed_in_transit,
        "stale": counters.stale,
        "failed": counters.failed,
        "repeated": counters.repeated,
        "carried": counters.carried,
        "p50_ms": round(counters.percentile(0.5) * 1e3, 2),
        "p99_ms": round(counters.percentile(0.99) * 1e3, 2),
        "mean_batch": round(counters.mean_batch, 2),
        "mean_ms": {part: round(millis, 3) for part, millis in counters.part_millis().items()},
    }


def _speech(game: Game) -> dict[str, Any]:
    exchanges = [exchange for conversation in game.conversations for exchange in conversation.exchanges]
    rates = [exchange.tokens_per_second for exchange in exchanges if exchange.tokens_per_second]
    counters = game.counters["dialogue"]
    return {
        "first_token_ms": round(counters.percentile(0.5) * 1e3, 1),
        "tokens_per_second": round(sum(rates) / len(rates), 2) if rates else 0.0,
        "tokens": sum(exchange.tokens for exchange in exchanges),
        "late_tokens": sum(exchange.late_tokens for exchange in exchanges),
        "interrupted": sum(exchange.finish == "interrupted" for exchange in exchanges),
    }


def _problems(game: Game) -> list[str]:
    problems = [f"{fault} ({count} times)" for fault, count in game.faults.items()]
    for work, counters in game.counters.items():
        missing = counters.sent - counters.ended + counters.silent
        for count, what in (
            (missing, "without any answer"),
            (counters.stale, "stale"),
            (counters.cancelled, "cancelled"),
        ):
            if count:
                problems.append(f"{work}: {count} {what}")
    problems += [
        f"dialogue: {exchange.finish}"
        for conversation in game.conversations
        for exchange in conversation.exchanges
        if exchange.finish.startswith("failed")
    ]
    return problems
