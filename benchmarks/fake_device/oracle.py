"""The upper bound: the most requests that any schedule with knowledge of the whole trace answers in time on one device.

Assumes one model whose batches of up to `cap` rows all take `cost` seconds, and one budget for all requests. Deadlines
are then in order of arrival, so some optimal schedule serves its requests in that order, in batches of consecutive
ones. A dynamic program over (requests seen, requests answered) keeps the earliest time at which the device is free
(Baptiste et al. 2004: batching with equal processing times and agreeable deadlines).
"""

from collections.abc import Sequence

import numpy as np


def most_on_time(arrivals: Sequence[float], budget: float, cost: float, cap: int) -> int:
    """How many requests with these arrival times (in seconds, sorted) can complete within `budget`."""
    count = len(arrivals)
    free = [np.full(count + 1, np.inf) for _ in range(cap + 1)]  # by requests answered, for the next cap + 1 requests
    free[0][0] = 0.0
    for first in range(count):
        now = free.pop(0)
        free.append(np.full(count + 1, np.inf))
        np.minimum(free[0], now, out=free[0])  # skip the request
        for rows in range(1, min(cap, count - first) + 1):
            start = np.maximum(now, arrivals[first + rows - 1])
            done = np.where(start + cost <= arrivals[first] + budget, start + cost, np.inf)
            np.minimum(free[rows - 1][rows:], done[:-rows], out=free[rows - 1][rows:])
    return int(np.flatnonzero(np.isfinite(free[0])).max())
