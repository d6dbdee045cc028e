"""Renders chat templates in a process of its own, which is given little time and memory.

A template is a program that came with a model. Jinja's sandbox keeps it from the interpreter and bounds `range`, but
not what nested loops or doubled texts take. So it runs when a model is loaded, never while it talks, and its process
ends when it takes too much. Run as a script, this file is that process: it knows nothing but Jinja.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_TEMPLATE = 131_072  # characters; the longest in use has some 20,000
LONGEST_RENDERING = 65_536
CPU_SECONDS, MEMORY = 3, 1 << 30
PATIENCE = 60.0  # seconds, on however busy a machine

Turn = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A conversation as the template writes it, or why it does not."""

    text: str
    error: str | None = None


def render(source: str, conversations: Sequence[Sequence[Turn]], named: Mapping[str, str]) -> list[Rendering]:
    """Render each of the conversations (turns of `role` and `content`) up to the opening of the reply. `named` are the
    variables bos_token, eos_token and so on. ValueError if the template does not parse, or takes too much.
    """
    if len(source) > LONGEST_TEMPLATE:
        raise ValueError(f"the chat template has {len(source)} characters; {LONGEST_TEMPLATE} at most are read")
    task = {
        "source": source,
        "conversations": [list(map(dict, turns)) for turns in conversations],
        "named": dict(named),
    }
    answer = _run(json.dumps(task))
    if "error" in answer:
        raise ValueError(f"the chat template does not parse: {answer['error']}")
    return [Rendering(text, error) for text, error in answer["renderings"]]


def _run(task: str) -> dict[str, Any]:
    """What the process answers. It gets no variable of the environment beyond those that Python needs."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if key in os.environ}
    command = [sys.executable, "-P", str(Path(__file__).resolve())]
    environment = kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    try:
        ran = subprocess.run(  # noqa: S603 - our own file
            command, input=task.encode(), capture_output=True, timeout=PATIENCE, env=environment, check=True
        )
        answer = json.loads(ran.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise ValueError(
            f"the chat template could not be rendered within {CPU_SECONDS} s and {MEMORY >> 20} MiB"
        ) from error
    return dict(answer)


def main() -> None:
    """Read a task from standard input and write the renderings to standard output, as JSON."""
    _limit()
    task = json.load(sys.stdin)
    json.dump(_rendered(task["source"], task["conversations"], task["named"]), sys.stdout)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit alone
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _rendered(source: str, conversations: Sequence[Any], named: Mapping[str, str]) -> dict[str, Any]:
    try:
        template = _environment().from_string(source)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}
    # `enable_thinking`: Qwen3 and others would think aloud where a character is to answer.
    variables = {**named, "add_generation_prompt": True, "enable_thinking": False, "tools": None, "documents": None}
    return {"renderings": [_one(template, {**variables, "messages": turns}) for turns in conversations]}


def _one(template: Any, variables: Mapping[str, Any]) -> tuple[str, str | None]:
    try:
        text = template.render(**variables)
    except Exception as error:  # whatever the template did wrong
        return "", f"{type(error).__name__}: {error}"[:300]
    return (text, None) if len(text) <= LONGEST_RENDERING else ("", f"it makes {len(text)} characters of a few turns")


def _environment() -> Any:
    """Jinja as transformers sets it up for chat templates."""
    from datetime import UTC, datetime

    from jinja2.exceptions import TemplateError
    from jinja2.ext import Extension
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """`{% generation %}`: marks what a model is trained on; here its content alone."""

        tags = {"generation"}  # noqa: RUF012 - as Jinja declares it

        def parse(self, parser: Any) -> Any:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    def raise_exception(message: object) -> None:
        raise TemplateError(str(message))

    def to_json(value: object, indent: int | None = None, **_: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = to_json
    environment.globals["raise_exception"] = raise_exception
    # A date of today would change every prompt at midnight; the words it stands in are left out anyway.
    environment.globals["strftime_now"] = datetime(2024, 7, 26, tzinfo=UTC).strftime
    return environment


if __name__ == "__main__":
    main()
