"""Draws the screen of `framebridge top`: a table of the kinds of work, one of the clients, and the server's state."""

from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bridge.tools.top.rates import Between, Client, LateCause, Poll, between
from bridge.v1 import bridge_pb2

_MIB = 1 << 20
_OTHER_ROWS = 17  # of the screen, not counting clients
_FEWEST_CLIENTS = 3
_GOOD, _FAIR = 0.99, 0.9
_STATE_STYLES = {"ready": "green", "failed": "bold red", "loading": "yellow", "unloading": "yellow"}


@dataclass(frozen=True, slots=True)
class View:
    """What is known of a server: its last two polls, and the reason if there is no newer one."""

    address: str
    now: Poll | None = None
    before: Poll | None = None
    away: str = field(default="")


def render(view: View, height: int) -> RenderableType:
    """The whole screen, for a terminal of `height` rows."""
    notice = [Text(view.away, "bold red")] if view.away else []
    if view.now is None:
        return Group(*notice or [Text(f"asking {view.address}", "dim")])
    found = between(view.now.stats, view.before.stats if view.before is not None else None)
    style = "dim" if view.away else "none"
    title = "since the start" if found.since_start else f"the last {found.seconds:.1f} s"
    return Group(
        *notice,
        Panel(_server(view.address, view.now, found), title="framebridge", border_style="magenta", style=style),
        Panel(_work(found), title=f"requests, {title}", border_style="green", style=style),
        Panel(
            _clients(found, max(_FEWEST_CLIENTS, height - _OTHER_ROWS)),
            title="clients",
            border_style="cyan",
            style=style,
        ),
    )


def _server(address: str, poll: Poll, found: Between) -> RenderableType:
    stats = poll.stats
    lines = Text(no_wrap=True, overflow="ellipsis")
    lines.append(address, "bold").append(f" on {stats.device}, up {_span(stats.uptime_micros / 1e6)}")
    lines.append("   device busy ").append(f"{found.busy:.0%}", "bold")
    lines.append(f"   {stats.job_count} jobs, {stats.session_count} sessions, {stats.stream_count} streams")
    lines.append(f", {stats.avatar_slot_count} avatars")
    lines.append(f", {stats.dialogue_busy_count}/{stats.dialogue_slot_count} replies")
    lines.append(f"   peak {stats.peak_resident_bytes / _MIB:.0f} MiB")
    lines.append("\nmodels ")
    for place, model in enumerate(poll.models):
        state = bridge_pb2.ModelState.Name(model.state).removeprefix("MODEL_STATE_").lower()
        lines.append(", " if place else "").append(model.name).append(f" {state}", _STATE_STYLES.get(state, "dim"))
        if model.resident_bytes >= _MIB:
            lines.append(f" {model.resident_bytes / _MIB:.0f} MiB")
    return lines


def _work(found: Between) -> Table:
    table = _table("", "req/s", "in budget", "best", "refused/s", "missed/s", "superseded/s")
    for number in ("repeat/s", "same/s", "p50 ms", "p99 ms"):
        table.add_column(number, justify="right", no_wrap=True)
    table.add_column("batch", justify="right")
    table.add_column("device", justify="right")
    table.add_column("late because of", ratio=1, no_wrap=True, overflow="ellipsis")
    for name, rates in found.work.items():
        table.add_row(
            Text(name, "bold"),
            _number(rates.requests),
            _share(rates.in_budget),
            _share(rates.best, judged=False),
            _number(rates.refused, "yellow"),
            _number(rates.missed, "red"),
            _number(rates.superseded),
            _number(rates.repeated, "yellow"),
            _number(rates.unchanged),
            _millis(rates.p50),
            _millis(rates.p99),
            _number(rates.batch),
            f"{rates.device:.0%}",
            _late_cause(rates.late_cause, found.ever[name].late_cause),
        )
    return table


def _clients(found: Between, rows: int) -> RenderableType:
    if not found.clients:
        return Text("none", "dim")
    table = _table("", "req/s", "in budget", "best", "refused/s", "missed/s", "p99 ms", "device")
    table.add_column("late because of", ratio=1, no_wrap=True, overflow="ellipsis")
    for client in found.clients[:rows]:
        rates = client.rates
        table.add_row(
            _name(client),
            _number(rates.requests),
            _share(rates.in_budget),
            _share(rates.best, judged=False),
            _number(rates.refused, "yellow"),
            _number(rates.missed, "red"),
            _millis(rates.p99),
            f"{rates.device:.0%}",
            _late_cause(rates.late_cause, None),
        )
    left = len(found.clients) - rows
    return Group(table, Text(f"and {left} more", "dim")) if left > 0 else table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=None, expand=True, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True, overflow="ellipsis")
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


def _name(client: Client) -> Text:
    return Text(client.name, "bold").append(f" {client.session}", "dim")


def _number(value: float, style: str = "") -> Text:
    """A number with a sensible number of digits."""
    if not value:
        return Text("·", "dim")
    return Text(f"{value:.2g}" if value < 0.1 else f"{value:.1f}" if value < 100 else f"{value:.0f}", style)


def _share(value: float | None, *, judged: bool = True) -> Text:
    if value is None:
        return Text("·", "dim")
    style = "green" if value >= _GOOD else "yellow" if value >= _FAIR else "red"
    return Text(f"{value:.1%}", style if judged else "")


def _millis(seconds: float) -> Text:
    return Text(f"{seconds * 1e3:.1f}") if seconds else Text("·", "dim")


def _late_cause(now: LateCause | None, ever: LateCause | None) -> Text:
    """The main cause of late answers now, or else, dimmed, since the start."""
    if now is not None:
        return Text(f"{now.what} {now.share:.0%}", "yellow")
    return Text(f"({ever.what} {ever.share:.0%})", "dim") if ever is not None else Text("")


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
