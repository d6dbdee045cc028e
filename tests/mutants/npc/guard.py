"""Ways to break the guard that holds replies to the facts."""

import models.npc.guard.agreement
import models.npc.guard.amounts
import models.npc.guard.compounds
import models.npc.guard.exempt
import models.npc.guard.guard
import models.npc.guard.names
import models.npc.guard.people
import models.npc.guard.results
import models.npc.guard.stock
import models.npc.guard.times
import models.npc.guard.totals
from tests.models.npc import test_guard as guard
from tests.models.npc import test_guard_numbers as numbers
from tests.mutants.mutant import Mutant

_A, _E, _G = models.npc.guard.amounts, models.npc.guard.exempt, models.npc.guard.guard
_AGREEMENT, _NAMES, _PEOPLE = models.npc.guard.agreement, models.npc.guard.names, models.npc.guard.people
_STOCK, _TIMES = models.npc.guard.stock, models.npc.guard.times
_COMPOUNDS, _RESULTS, _TOTALS = models.npc.guard.compounds, models.npc.guard.results, models.npc.guard.totals

MUTANTS = (
    Mutant(
        "any_fact_with_the_number_supports_it",
        _A,
        "near = [(known, others) for score, known, others in scored if score == (*best, related)]",
        "near = [(known, others) for _, known, others in scored]",
        guard.test_a_number_has_to_be_that_of_the_thing,
        {"said": "How much is an ale?", "reply": "An ale is seven silver.", "kinds": {"number"}},
    ),
    Mutant(
        "gold_is_silver",
        _A,
        "return amount.currency == other.currency",
        "return True",
        guard.test_a_number_has_to_be_that_of_the_thing,
        {"said": "How much is an ale?", "reply": "Two gold.", "kinds": {"number"}},
    ),
    Mutant(
        "morning_is_evening",
        _A,
        "and not excluded(_ending(clause, amount), place, evidence.money)",
        "",
        guard.test_names_times_goods_and_rules,
        {"said": "When does the kitchen close?", "reply": "At nine in the morning.", "kinds": {"number"}},
    ),
    Mutant(
        "the_player_sets_the_price",
        _E,
        'return asked or denied or bool(called and len(sentence.content) <= 1) or before.endswith("your ")',
        "return True",
        guard.test_what_the_player_says_supports_nothing,
        {"said": "Is a room five silver?", "reply": "Yes, five silver.", "kinds": {"number", "agreement"}},
    ),
    Mutant(
        "at_most_five_is_a_denial",
        _E,
        " or _COMPARED.search(before):",
        ":",
        guard.test_what_the_player_says_supports_nothing,
        {"said": "Is a room five silver?", "reply": "I won't charge you more than five.", "kinds": {"number"}},
    ),
    Mutant(
        "an_offer_is_a_question",
        _E,
        "asked = sentence.question and not _OFFER.search(words)",
        "asked = sentence.question",
        guard.test_what_the_player_says_supports_nothing,
        {"said": "Is a room five silver?", "reply": "Shall we say five silver?", "kinds": {"number"}},
    ),
    Mutant(
        "yes_agrees_to_anything",
        _G,
        "            *self._agreed(sentence),\n",
        "",
        guard.test_what_the_player_says_supports_nothing,
        {"said": "Is a room five silver?", "reply": "Yes, it is.", "kinds": {"agreement"}},
    ),
    Mutant(
        "a_name_that_the_player_said_is_known",
        _NAMES,
        "if sentence.question or sentence.negative:",
        "if True:",
        guard.test_what_the_player_says_supports_nothing,
        {"said": "Do you know Alaric?", "reply": "Alaric sleeps upstairs.", "kinds": {"name"}},
    ),
    Mutant(
        "a_brother_is_a_cook",
        _PEOPLE,
        "if called and stem(called[1]) not in _said_of(person, evidence) and _claims(called, evidence):",
        "if False:",
        guard.test_names_times_goods_and_rules,
        {"said": "Who is Tobin?", "reply": "Tobin is my cook.", "kinds": {"role"}},
    ),
    Mutant(
        "any_time_will_do",
        _TIMES,
        "if not _supported(root, at, clause, topic, evidence, refused):",
        "if False:",
        guard.test_names_times_goods_and_rules,
        {"said": "When does the kitchen open?", "reply": "At dusk.", "kinds": {"time"}},
    ),
    Mutant(
        "what_is_sold_out_is_there",
        _STOCK,
        "elif ware.stock == 0 and not gone and (agreed or _offers(sentence, place)):",
        "elif False:",
        guard.test_names_times_goods_and_rules,
        {"said": "Have you pies?", "reply": "There are pies left.", "kinds": {"item"}},
    ),
    Mutant(
        "a_price_a_year_is_one_a_month",
        _A,
        "        and _same_each(amount, other)\n",
        "",
        guard.test_a_number_has_to_be_that_of_the_thing,
        {"said": "How much is a room?", "reply": "A room is seven silver a month.", "kinds": {"number"}},
    ),
    Mutant(
        "a_number_of_an_action_counts_anything",
        _RESULTS,
        "return bool(set(amount.unit) & set(other.unit)) or bool(other.unit and other.unit[0] in _ANYTHING)",
        "return True",
        numbers.test_a_result_counts_what_it_says,
    ),
    Mutant(
        "a_part_of_the_order_is_the_whole",
        _TOTALS,
        ' or len(clause.wares) != 1 or _TOTAL.search(" ".join(clause.words))',
        "",
        guard.test_a_part_of_the_order_is_not_the_whole,
    ),
    Mutant(
        "cents_are_another_price",
        _COMPOUNDS,
        "value=amount.value + number.value / 100",
        "value=amount.value",
        numbers.test_three_fifty_is_a_price_and_an_hour,
    ),
    Mutant(
        "of_course_breaks_no_rule",
        _AGREEMENT,
        "    if agreed:\n",
        "    if False:\n",
        guard.test_names_times_goods_and_rules,
        {"said": "Do you serve elves?", "reply": "Of course.", "kinds": {"denial"}},
    ),
)
