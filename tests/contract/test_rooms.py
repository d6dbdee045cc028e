"""How large a folder, a file and a function may be. The Unity package has a test of its own."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bridge", "models", "protos", "tests", "benchmarks", "examples", "docs")
NOT_WRITTEN = {ROOT / "bridge" / "v1", ROOT / "benchmarks" / "results"}  # generated, measured
FILES_IN_A_FOLDER = 18
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 40


def written(folder: Path) -> Iterator[Path]:
    """The files that somebody wrote, in a folder and below."""
    for path in sorted(folder.iterdir()):
        if path in NOT_WRITTEN or path.name.startswith((".", "__pycache__")):
            continue
        if path.is_dir():
            yield from written(path)
        else:
            yield path


FILES = [path for room in ROOMS for path in written(ROOT / room)]
PROGRAMS = [path for path in FILES if path.suffix == ".py"]


def test_the_tree_is_found() -> None:
    assert len(PROGRAMS) > 300
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(ROOMS)


def test_folders_stay_small() -> None:
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in FILES)
    assert {folder: count for folder, count in counts.items() if count > FILES_IN_A_FOLDER} == {}


def test_files_stay_short() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in PROGRAMS}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_functions_stay_short() -> None:
    long = {}
    for path in PROGRAMS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > LINES_OF_A_FUNCTION:
                    long[f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}"] = lines
    assert long == {}
