"""Asked for help, a benchmark says what it measures, and measures nothing."""

import re
import subprocess
import sys

from .conftest import BENCHMARKS

PROGRAM = """
import contextlib, io, runpy, sys

for name in sys.argv[1:]:
    told = io.StringIO()
    sys.argv = [name, "--help"]
    with contextlib.redirect_stdout(told):
        try:
            runpy.run_path(name, run_name="__main__")
        except SystemExit as end:
            assert end.code == 0, name
        else:
            raise AssertionError(f"{name} ran")
    assert told.getvalue().startswith("usage: "), name
"""


def test_help_is_given_by_every_benchmark() -> None:
    makefile = (BENCHMARKS.parent / "Makefile").read_text()
    listed = re.search(r"BENCHMARKS := ((?:.*\\\n)*.*)", makefile)
    assert listed is not None
    names = re.findall(r"\b[a-z_]+\b", re.sub(r"\$\(.*?dotnet\)", "", listed[1]))
    assert {"overhead", "on_time", "unity_loop"} <= set(names)
    paths = [str(BENCHMARKS / f"{name}.py") for name in names]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *paths], cwd=BENCHMARKS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
