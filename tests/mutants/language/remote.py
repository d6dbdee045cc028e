"""Ways to break what stands between a remote model's endpoint and a turn, and the caches of transformers' models."""

import bridge.observe.attribution
import bridge.remote.chunk
import bridge.remote.completion
import bridge.remote.events
import bridge.remote.exchange
import bridge.remote.failures
import bridge.remote.key
import bridge.remote.opening
import models.hf.dialogue.caches
from tests.capabilities.dialogue.remote import test_chunk as chunk
from tests.capabilities.dialogue.remote import test_dying as dying
from tests.capabilities.dialogue.remote import test_events as events
from tests.capabilities.dialogue.remote import test_failures as failures
from tests.capabilities.dialogue.remote import test_names as names
from tests.capabilities.dialogue.remote import test_remote as remote
from tests.models.hf.dialogue import test_caches as caches
from tests.mutants.mutant import Mutant

_C, _E, _F, _X = bridge.remote.chunk, bridge.remote.events, bridge.remote.failures, bridge.remote.exchange

MUTANTS = (
    Mutant(
        "an_endpoints_words_show_the_key",
        _F,
        "shown = key.hidden_in(message) if key is not None else message",
        "shown = message",
        failures.test_the_endpoints_own_words_are_one_line_without_the_key,
    ),
    Mutant(
        "a_key_is_quoted",
        bridge.remote.key,
        'raise ConfigError(f"{what} holds no key:',
        'raise ConfigError(f"{what} holds no key {value}:',
        names.test_a_key_that_cannot_be_used_is_refused_without_quoting_it,
    ),
    Mutant(
        "a_key_goes_out_for_all_to_read",
        bridge.remote.opening,
        "if key is not None and address.exposes and not config.insecure:",
        "if False:",
        names.test_a_key_leaves_the_machine_encrypted_or_not_at_all,
    ),
    Mutant(
        "an_endpoint_decides_how_long_to_wait",
        _F,
        "return min(max(seconds, _WAIT[0]), _WAIT[1]) if math.isfinite(seconds) else _USUAL_WAIT",
        "return seconds",
        failures.test_a_busy_endpoint_says_when_to_ask_again,
        {"status": 429, "retry_after": "1e9", "wait": 60.0},
    ),
    Mutant(
        "a_reply_is_asked_for_again_in_its_middle",
        _F,
        "if not begun and exceeds_context(found):",
        "if exceeds_context(found):",
        failures.test_a_context_that_is_exceeded_is_recognised,
        {"name": "vLLM"},
    ),
    Mutant(
        "an_event_has_no_limit",
        _E,
        "if len(self._line) + self._size > self._most:",
        "if False:",
        events.test_what_has_no_end_is_refused,
        {"part": b"data: x\n" * 8},
    ),
    Mutant(
        "a_line_ends_twice",
        _E,
        'if self._after_return and data[:1] == b"\\n":',
        "if False:",
        events.test_events_are_the_same_however_the_bytes_are_cut,
    ),
    Mutant(
        "half_a_character_goes_on",
        _C,
        'return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")',
        "return text",
        chunk.test_an_event_is_read,
        {"name": "half a character"},
    ),
    Mutant(
        "a_count_is_believed",
        _C,
        "return found if type(found) is int and 0 <= found <= _MOST_TOKENS else 0",
        "return found",
        chunk.test_an_event_is_read,
        {"name": "counts that are none"},
    ),
    Mutant(
        "the_penalty_goes_to_everybody",
        bridge.remote.completion,
        "if sampling.repetition_penalty != 1 and owner in PENALTIES:\n        wanted[PENALTIES[owner]]",
        'if sampling.repetition_penalty != 1:\n        wanted[PENALTIES.get(owner, "repetition_penalty")]',
        remote.test_the_sampling_is_sent_as_the_endpoint_knows_it,
        {"owner": "somebody", "penalty": {}},
    ),
    Mutant(
        "a_history_that_is_too_long_is_sent_whole",
        bridge.remote.completion,
        "return begins[len(begins) // 2] if len(begins) > 1 else 0",
        "return 0",
        remote.test_a_history_too_long_for_the_endpoint_is_halved_for_good,
    ),
    Mutant(
        "a_stop_string_is_not_told_apart",
        _X,
        '"stop" if chunk.stopped else "end"',
        '"end"',
        remote.test_a_reply_ends_as_the_endpoint_says,
        {"name": "a stop string", "at_once": False},
    ),
    Mutant(
        "what_follows_the_end_is_spoken",
        _X,
        '        if self._finish:\n            return ""\n',
        "",
        remote.test_a_reply_ends_as_the_endpoint_says,
        {"name": "text after the end", "at_once": True},
    ),
    Mutant(
        "an_endpoint_takes_no_time",
        bridge.observe.attribution,
        "        Stage.ENDPOINT: account.endpoint,\n    }\n    parts[Stage.QUEUE]",
        "    }\n    parts[Stage.QUEUE]",
        dying.test_a_late_token_is_attributed_to_the_endpoint,
    ),
    Mutant(
        "what_an_abandoned_run_wrote_is_kept",
        models.hf.dialogue.caches,
        "if self.running or shared < len(self.tokens):",
        "if shared < len(self.tokens):",
        caches.test_what_an_abandoned_run_has_written_is_cut,
    ),
    Mutant(
        "a_forgotten_conversation_comes_back",
        models.hf.dialogue.caches,
        "if found is not None and found[1] not in self._forgotten:",
        "if found is not None:",
        caches.test_a_conversation_is_forgotten_when_its_reply_ends,
    ),
    Mutant(
        "caches_grow_beyond_their_room",
        models.hf.dialogue.caches,
        "while self._idle and sum(len(other.tokens) for other in self._idle.values()) > left:",
        "while False:",
        caches.test_the_oldest_cache_makes_room,
    ),
)
