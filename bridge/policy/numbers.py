"""The numbers of the policy."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of the policy, in seconds unless said otherwise."""

    max_jobs: int = 512  # waiting, over all clients
    max_jobs_per_identity: int = 384  # so that others always find room
    max_jobs_per_client: int = 128
    patience: float = 0.25  # how far behind its deadline a soft job yields to frames
    soft_share: float = 0.25  # of the device's time: what frames leave to soft work that is behind, and no more
    stretch: float = 1.5  # usual gaps of a reply that may pass before its next token, while prompts wait
    hurry: float = 2.4  # usual gaps of a reply, within which its next token comes even before prompts that are late
    evenness: float = 2.8  # a reply's longest gap is no more than so many of what most of its gaps are
    prompt_wait: float = 0.3  # replies that speak keep the prompts waiting for so long at most,
    prompt_runs: float = 2.0  # or for so many times what a run of a prompt takes
    ageing: float = 2.0  # the virtual deadline of work without one
    margin: float = 0.002  # kept free when a batch is held back: who waits wakes up late
    pressed_above: float = 0.85  # share of the device's time that hard work takes, from which on fuller batches pay
    probe_interval: float = 1.0  # lanes that refuse admit one job this often, while that teaches something
    longest_probe_interval: float = 8.0  # and this often when it does not
