"""Models that installed distributions offer, as entry points of the group `framebridge.models`."""

from dataclasses import dataclass
from importlib import metadata

from bridge.capabilities import ALL_MODELS
from bridge.errors import ConfigError
from bridge.sources.reference import Reference

GROUP = "framebridge.models"


@dataclass(frozen=True, slots=True)
class Offer:
    """One entry point; nothing of it is imported."""

    name: str
    value: str  # "my_pkg.module:ATTRIBUTE"
    distribution: str  # its name and version


def offers() -> list[Offer]:
    """All models that are offered, by name."""
    found = {
        Offer(point.name, point.value, f"{point.dist.name} {point.dist.version}" if point.dist else "")
        for point in metadata.entry_points(group=GROUP)
    }
    return sorted(found, key=lambda offer: (offer.name, offer.value))


def offered(reference: Reference) -> Reference:
    """The module and attribute of an installed model. ConfigError if there is none of the name, or more than one."""
    every = offers()
    found = [offer for offer in every if offer.name == reference.target]
    if len(found) > 1:
        several = " and ".join(f"{offer.distribution} ({offer.value})" for offer in found)
        raise ConfigError(
            f"--model {reference.text}: offered by {several}; name one by its module, as in {found[0].value}"
        )
    if not found:
        raise ConfigError(f"--model {reference.text}: no installed model of this name; {_mend(reference.text, every)}")
    target, _, attribute = found[0].value.partition(":")
    return Reference.of(f"{target.strip()}:{attribute.partition('[')[0].strip()}")


def _mend(name: str, every: list[Offer]) -> str:
    if name in ALL_MODELS:
        return f"it is one of FrameBridge's own, which --models {name} loads"
    if every:
        return f"there are {', '.join(dict.fromkeys(offer.name for offer in every))}"
    return f"nothing installed has an entry point of the group {GROUP}; name a file by its path, ./{name}.py:ATTRIBUTE"
