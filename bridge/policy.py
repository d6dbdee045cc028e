"""The numbers of the policy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of the policy, in seconds unless said otherwise."""

    max_jobs: int = 512  # waiting, over all clients
    max_jobs_per_identity: int = 384  # so that others always find room
    max_jobs_per_client: int = 128
    patience: float = 0.25  # how far behind its deadline a soft job yields to frames
    ageing: float = 2.0  # the virtual deadline of work without one
    margin: float = 0.002  # kept free when a batch is held back: who waits wakes up late
    pressed_above: float = 0.85  # share of the device's time that hard work takes, from which on fuller batches pay
    probe_interval: float = 1.0  # lanes that refuse admit one job this often, while that teaches something
    longest_probe_interval: float = 8.0  # and this often when it does not
