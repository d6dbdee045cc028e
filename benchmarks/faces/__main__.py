"""`python benchmarks/faces`: makes the benchmarks' packages and the project's importable."""

import sys
from pathlib import Path

_BENCHMARKS = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(_BENCHMARKS), str(_BENCHMARKS.parent)]

from faces.compare import main  # noqa: E402

if __name__ == "__main__":
    main()
