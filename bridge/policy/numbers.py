"""The policy's tunables: queue limits, shares, patience, margins, probe intervals."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy's tunables, in seconds unless noted otherwise."""

    max_jobs: int = 512  # open, over all clients
    max_jobs_per_identity: int = 384  # leaves room for others
    max_jobs_per_client: int = 128
    patience: float = 0.25  # how long past its due time a soft job still yields to frames
    soft_share: float = 0.25  # share of the device guaranteed to soft work that is behind,
    soft_most: float = 0.5  # and up to this to a prompt whose first token would be late with less;
    soft_spare: float = 1.2  # the prompt is taken to need this many times what is predicted
    stretch: float = 1.5  # a reply's next token is due within this many of its usual gaps, while prompts wait
    hurry: float = 2.4  # and within this many even before late prompts
    evenness: float = 2.8  # limit on a reply's longest gap, relative to most of its gaps
    prompt_wait: float = 0.3  # replies in progress delay prompts at most this long,
    prompt_runs: float = 2.0  # or this many times the duration of a prompt's run
    ageing: float = 2.0  # virtual deadline of work without one
    margin: float = 0.002  # slack when a batch is held back, since waiting threads wake up late
    pressed_above: float = 0.85  # load from hard work, as a share of device time, above which larger batches pay
    probe_interval: float = 1.0  # a lane that refuses work admits one job this often while that teaches something,
    longest_probe_interval: float = 8.0  # and this rarely when it does not
