"""Which of gRPC's threads read the sockets of a server. Imported before gRPC, which reads its settings only once.

By default a read passes through three threads before the event loop has it: gRPC's poller, a worker of its pool, and
the thread that waits for completed operations. Without the event engine's listener the last of them polls the sockets
itself, which saves a quarter to two fifths of an answer's context switches, and at one answer a frame some processor
time (benchmarks/transport.py).
"""

import os
import sys

VARIABLE = "GRPC_EXPERIMENTS"
CHOICE = "-event_engine_listener"

if sys.platform == "linux":  # where it is measured; a choice of the user's stays
    os.environ.setdefault(VARIABLE, CHOICE)
