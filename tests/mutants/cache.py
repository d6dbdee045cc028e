"""Ways to break the KV cache: what is found, what makes way for what, who still has it, and what is forgotten."""

import models.language.cache.keys
import models.language.cache.prefixes
import models.language.cache.slots
from tests.models.language import test_slot_machine as machine
from tests.models.language import test_slots as slots
from tests.mutants.mutant import Mutant

_P, _S = models.language.cache.prefixes, models.language.cache.slots

MUTANTS = (
    Mutant(
        "the_last_token_of_a_prompt_is_not_run",
        _S,
        "most = len(prompt) - lease.draws",
        "most = len(prompt)",
        slots.test_the_last_token_is_run_again_unless_nothing_is_drawn,
    ),
    Mutant(
        "an_adapter_finds_what_was_read_without",
        _P,
        "node, found = self._roots.get(adapter), list[Node]()",
        "node, found = self._roots.get(None), list[Node]()",
        slots.test_nothing_is_found_of_another_adapter,
    ),
    Mutant(
        "pages_in_the_way_are_not_copied",
        _S,
        "copies += [(node.home, page) for node, page in away]",
        "copies += [(node.home, page) for node, page in away[1:]]",
        machine.test_whatever_is_asked,
    ),
    Mutant(
        "a_page_is_free_while_its_reply_is_about_to_use_it",
        _S,
        "free = [*self._free(), *(page for page in left if page not in reserved)]",
        "free = [*self._free(), *left]",
        machine.test_whatever_is_asked,
    ),
    Mutant(
        "a_page_of_a_reply_in_progress_goes_with_who_made_it",
        _S,
        "self._prefixes.move([(node, other.first + node.depth - 1)])",
        "pass",
        slots.test_a_page_in_a_region_in_use_outlives_who_made_it,
    ),
    Mutant(
        "what_another_reply_has_read_meanwhile_is_read_again",
        _S,
        "copies = self._follow(region) if region.placed else self._enter(region)",
        "copies = [] if region.placed else self._enter(region)",
        slots.test_a_prompt_in_progress_is_shared_page_by_page,
    ),
    Mutant(
        "the_longest_idle_loses_everything",
        _P,
        "return -(now - node.used) * node.depth / len(node.users), -node.depth, node.home",
        "return -(now - node.used) / len(node.users), -node.depth, node.home",
        slots.test_ten_characters_on_eight_slots,
    ),
    Mutant(
        "the_newest_goes_first",
        _P,
        "return -(now - node.used) * node.depth / len(node.users), -node.depth, node.home",
        "return (now - node.used) * node.depth / len(node.users), -node.depth, node.home",
        slots.test_the_deepest_pages_of_the_longest_idle_go_first,
    ),
    Mutant(
        "forgetting_takes_what_others_use",
        _P,
        "            if not node.users:",
        "            if node.parent:",
        slots.test_forgetting_keeps_what_others_use,
    ),
    Mutant(
        "a_forgotten_reply_leaves_its_prompt",
        _S,
        "                    region.conversation = None",
        "                    pass",
        slots.test_a_forgotten_conversation_frees_its_pages_when_it_ends,
    ),
    Mutant(
        "a_reading_evicts",
        _S,
        "(lease.evicts or node.users == {lease.conversation})",
        "(lease.evicts or node.users >= {lease.conversation} or True)",
        slots.test_a_lease_that_evicts_nothing_takes_free_pages_or_its_own,
    ),
    Mutant(
        "what_was_spoken_is_found_where_a_player_wrote_it",
        models.language.cache.keys,
        "return ~token",
        "return token",
        slots.test_what_was_spoken_is_found_where_it_was_spoken_alone,
    ),
    Mutant(
        "a_reply_leaves_no_incomplete_page",
        _S,
        "                self._cache_tail(region)",
        "                pass",
        slots.test_the_incomplete_page_of_a_reply_is_found_by_its_conversation,
    ),
    Mutant(
        "two_replies_go_on_in_one_page",
        _S,
        "            self._prefixes.drop(found.tail.node)",
        "            pass",
        slots.test_an_incomplete_page_is_cached_once_more_when_it_has_grown,
    ),
    Mutant(
        "another_conversation_s_page_is_taken",
        _S,
        "tail.node.users != {lease.conversation} or tail.node.home in self._placed()",
        "tail.node.home in self._placed()",
        slots.test_the_incomplete_page_of_a_reply_is_found_by_its_conversation,
    ),
    Mutant(
        "a_page_in_use_is_taken",
        _S,
        "tail.node.users != {lease.conversation} or tail.node.home in self._placed()",
        "tail.node.users != {lease.conversation}",
        slots.test_a_page_of_a_reply_in_progress_is_not_taken_from_it,
    ),
    Mutant(
        "what_was_taken_back_stays_behind_its_page",
        _S,
        "            self._prefixes.drop_behind(found.tail.node)",
        "            pass",
        slots.test_what_a_reply_took_back_is_dropped,
    ),
    Mutant(
        "a_page_agrees_beyond_where_it_differs",
        _P,
        "        if one != other:\n            break",
        "        if one != other:\n            continue",
        slots.test_an_incomplete_page_agrees_up_to_where_it_differs,
    ),
    Mutant(
        "what_went_wrong_stays_for_others",
        _S,
        "self._prefixes.drop(region.chain[0])",
        "self._prefixes.drop(region.chain[-1])",
        slots.test_what_went_wrong_is_dropped_for_everybody,
    ),
)
