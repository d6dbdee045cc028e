"""`framebridge moderation`: what moderation says of texts, and the list that ships."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bridge.config import Config
from bridge.errors import ConfigError
from bridge.moderation.moderation import Moderation
from bridge.moderation.reading import DEFAULT
from bridge.moderation.verdict import Outcome, Verdict

_SHOWN = 80  # characters of a rule


def print_list() -> int:
    """Print the list that ships."""
    print(DEFAULT.read_text(encoding="utf-8"), end="")
    return 0


def check(given: str, config: Config, path: Path | None = None) -> int:
    """Print the verdict on a text, or on each line of a file, with the rules that fired; then how many of each."""
    moderation = Moderation.of(config if path is None else replace(config, moderation_list=path))
    counts = dict.fromkeys(Outcome, 0)
    texts = list(_texts(given))
    for text in texts:
        verdict = moderation.check(text)
        counts[verdict.outcome] += 1
        print("\n".join(_told(text, verdict)))
    if len(texts) > 1:
        print(", ".join(f"{count} {outcome.word}" for outcome, count in counts.items()))
    return 0


def _texts(given: str) -> Iterable[str]:
    path = Path(given)
    try:
        is_file = path.is_file()
    except OSError:  # a text may be too long for a name
        is_file = False
    if not is_file:
        return [given]
    try:
        return [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read as UTF-8 text ({error})") from None


def _told(text: str, verdict: Verdict) -> Iterator[str]:
    score = "" if verdict.score is None else f" {verdict.score:.2f}"
    yield f"{verdict.outcome.word}{score}  {text}"
    for reason in verdict.reasons:
        if reason.place:
            found = text[reason.start : reason.end]
            yield f"    {reason.kind}: {reason.outcome.word}  {found!r} by {reason.place}  {_short(reason.rule)}"
        else:
            yield f"    {reason.kind}: {reason.outcome.word}  {reason.rule}"


def _short(rule: str) -> str:
    return rule if len(rule) <= _SHOWN else f"{rule[:_SHOWN]}..."
