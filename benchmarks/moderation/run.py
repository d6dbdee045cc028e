"""What a safety hook lets pass, marks and holds: harmless talk of games, and what a game should notice.

`--hook` names a function that takes a line and returns an outcome ("pass", "mark" or "hold") and a score from 0 to 1.
English only. The sealed half is for the end. The record names lines by their place in the file, never by their words.

    python benchmarks/moderation                                   # the hook of a server as it comes
    python benchmarks/moderation --hook package.module:function
"""

import argparse
import importlib

from harness.record import finish, show

from moderation.lines import OUTCOMES, lines
from moderation.score import Hook, figures, judged

SHIPPED = "moderation.shipped:hook"


def load(name: str) -> Hook:
    """The function of "package.module:function"."""
    module, _, function = name.partition(":")
    hook: Hook = getattr(importlib.import_module(module), function)
    return hook


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hook", default=SHIPPED, help="package.module:function (default: %(default)s)")
    parser.add_argument("--sealed", action="store_true", help="open the sealed half too: once, at the end")
    options = parser.parse_args()
    if options.sealed:
        print("The sealed half is opened: from now on its lines are known.")
    said = lines("open") + (lines("sealed") if options.sealed else [])
    results = figures(judged(load(options.hook), said))
    rows = [[kind, *(counts.get(outcome, 0) for outcome in OUTCOMES)] for kind, counts in results["by_class"].items()]
    show("Moderation", ("class", *OUTCOMES), rows)
    held, marked, caught = (results[key] for key in ("harmless_held", "harmless_marked", "harmful_caught"))
    print(f"harmless: {held:.1%} held, {marked:.1%} marked; harmful: {caught:.1%} marked or held")
    finish("moderation", results, {"hook": options.hook, "halves": ["open", "sealed"][: 1 + options.sealed]})


if __name__ == "__main__":
    main()
