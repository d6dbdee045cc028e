"""What could have been: the most requests that any schedule, knowing the whole trace, answers in time on one device.

For one model whose batches of up to `cap` rows all take `cost` seconds and requests that are worth the same budget:
then deadlines come in the order of arrivals, so some best schedule serves the requests it serves in that order, in
batches of neighbours. A dynamic program over (requests seen, requests answered) keeps the earliest time at which the
device is free (Baptiste et al. 2004 treat batching with equal processing times and agreeable deadlines).
"""

from collections.abc import Sequence

import numpy as np


def most_on_time(arrivals: Sequence[float], budget: float, cost: float, cap: int) -> int:
    """How many of the requests that arrive at these times (seconds, in order) can be complete within `budget`."""
    count = len(arrivals)
    free = [np.full(count + 1, np.inf) for _ in range(cap + 1)]  # by answered requests, for the next cap + 1 requests
    free[0][0] = 0.0
    for first in range(count):
        now = free.pop(0)
        free.append(np.full(count + 1, np.inf))
        np.minimum(free[0], now, out=free[0])  # the request is left out
        for rows in range(1, min(cap, count - first) + 1):
            start = np.maximum(now, arrivals[first + rows - 1])
            done = np.where(start + cost <= arrivals[first] + budget, start + cost, np.inf)
            np.minimum(free[rows - 1][rows:], done[:-rows], out=free[rows - 1][rows:])
    return int(np.flatnonzero(np.isfinite(free[0])).max())
