"""`python benchmarks/gpu`: makes the benchmarks' packages and the bridge importable, which need not be installed."""

import signal
import sys
from pathlib import Path

_BENCHMARKS = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(_BENCHMARKS), str(_BENCHMARKS.parent)]

from gpu.run import main  # noqa: E402

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the stage's processes too
    sys.exit(main())
