"""What is kept of each conversation, without a model."""

import torch
from transformers.cache_utils import DynamicCache

from models.hf.dialogue.caches import Cached, Caches


def filled(tokens: list[int], written: int) -> Cached:
    """A cache that holds `written` positions in its first layer, and those of `tokens` in its second."""
    states = DynamicCache()
    for layer, length in enumerate((written, len(tokens))):
        states.update(torch.ones(1, 1, length, 2), torch.ones(1, 1, length, 2), layer)
    return Cached(list(tokens), states)


def lengths(cached: Cached) -> list[int]:
    return [layer.get_seq_length() for layer in cached.states.layers]


def test_what_an_abandoned_run_has_written_is_cut() -> None:
    cached = filled([1, 2, 3], written=5)
    cached.running = True
    cached.keep([1, 2, 3, 4])
    assert (lengths(cached), cached.tokens, cached.running) == ([3, 3], [1, 2, 3], False)


def test_what_another_history_shares_is_kept() -> None:
    cached = filled([1, 2, 3, 4], written=4)
    cached.keep([1, 2, 9, 9])
    assert (lengths(cached), cached.tokens) == ([2, 2], [1, 2])
    cached.keep([1, 2])
    assert cached.tokens == [1], "the last token is read again, for its logits"


def test_a_cache_of_another_kind_is_made_again() -> None:
    cached = filled([1, 2, 3], written=3)
    cached.states.layers[1] = object()
    cached.keep([1, 2, 3, 4])
    assert cached.tokens == [1, 2, 3], "nothing has to be cut"
    cached.keep([1, 9])
    assert (cached.tokens, cached.states) == ([], None)


def test_a_conversation_is_forgotten_when_its_reply_ends() -> None:
    caches = Caches(1, 100)
    assert caches.reserve("reply", "smith", 50)
    caches.forget("smith")
    assert caches.of("reply") is not None
    caches.release("reply")
    assert caches.counts() == (0, 0)
    assert caches.reserve("next", "smith", 50)
    caches.release("next")
    assert caches.counts() == (0, 1), "it is spoken to again"


def test_the_oldest_cache_makes_room() -> None:
    caches = Caches(1, 100)
    for name in ("a", "b"):
        assert caches.reserve(name, name, 40)
        cached = caches.of(name)
        assert cached is not None
        cached.tokens = [0] * 40
        caches.release(name)
    assert caches.reserve("c", "c", 50)
    assert caches.counts() == (1, 1)
    assert caches.reserve("b", "b", 40)
    kept = caches.of("b")
    assert kept is not None
    assert len(kept.tokens) == 40
    assert not caches.reserve("d", "d", 11)
