"""With --help, every benchmark prints its usage and measures nothing."""

import re
import subprocess
import sys

from .conftest import BENCHMARKS

PROGRAM = """
import contextlib, io, runpy, sys

for name in sys.argv[1:]:
    output = io.StringIO()
    sys.argv = [name, "--help"]
    with contextlib.redirect_stdout(output):
        try:
            runpy.run_path(name, run_name="__main__")
        except SystemExit as end:
            assert end.code == 0, name
        else:
            raise AssertionError(f"{name} ran")
    assert output.getvalue().startswith("usage: "), name
"""


def test_every_benchmark_prints_its_usage() -> None:
    names = ("embedding", "faces", "facts", "gpu", "moderation", "one_truth", "tracking")
    folders = [BENCHMARKS / name for name in names]
    paths = sorted(map(str, [*BENCHMARKS.glob("*.py"), *folders]))
    assert len(paths) > 12
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *paths], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_make_bench_runs_benchmarks_that_exist() -> None:
    makefile = (BENCHMARKS.parent / "Makefile").read_text()
    listed = re.search(r"BENCHMARKS := ((?:.*\\\n)*.*)", makefile)
    assert listed is not None
    names = set(re.findall(r"\b[a-z_]+\b", re.sub(r"\$\(.*?dotnet\)", "", listed[1])))
    assert {"overhead", "on_time", "unity_loop"} <= names
    assert names <= {path.stem for path in BENCHMARKS.glob("*.py")}
