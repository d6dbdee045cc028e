"""Ways to break moderation: how words are read, what rules match, whose outcome counts, and what is written down."""

import bridge.moderation.audit
import bridge.moderation.characters
import bridge.moderation.listed_words
import bridge.moderation.moderation
import bridge.moderation.pattern
import bridge.moderation.rate_limit
import bridge.moderation.reading
import bridge.moderation.word_list
import bridge.moderation.words
import models.moderation.profanity
from tests.models.moderation import test_profanity as profanity
from tests.moderation import test_audit as audit
from tests.moderation import test_disguises as disguises
from tests.moderation import test_moderation as moderation
from tests.moderation import test_rate_limit as rate_limit
from tests.moderation import test_rules as rules
from tests.mutants.mutant import Mutant, Test

_A, _C, _L, _M, _P = (
    bridge.moderation.audit,
    bridge.moderation.characters,
    bridge.moderation.listed_words,
    bridge.moderation.moderation,
    bridge.moderation.pattern,
)
_R, _D, _I, _W, _S = (
    bridge.moderation.rate_limit,
    bridge.moderation.reading,
    bridge.moderation.word_list,
    bridge.moderation.words,
    models.moderation.profanity,
)


def _hidden(name: str, module: object, old: str, new: str, text: str) -> Mutant:
    """One that no longer sees through a disguise."""
    return Mutant(name, module, old, new, disguises.test_a_word_is_found_in_a_disguise, {"text": text})  # type: ignore[arg-type]


def _shown(name: str, module: object, old: str, new: str, text: str, kind: str) -> Mutant:
    test: Test = disguises.test_signs_gaps_and_stops_hide_nothing
    return Mutant(name, module, old, new, test, {"text": text, "kind": kind})  # type: ignore[arg-type]


def _seen(name: str, module: object, old: str, new: str, text: str) -> Mutant:
    """One that sees a listed word where there is none."""
    return Mutant(name, module, old, new, disguises.test_other_words_stay_what_they_are, {"text": text})  # type: ignore[arg-type]


def _misread(name: str, module: object, old: str, new: str, rule: str, text: str, expected: bool) -> Mutant:
    arguments = {"rule": rule, "text": text, "expected": expected}
    return Mutant(name, module, old, new, rules.test_what_a_rule_matches, arguments)  # type: ignore[arg-type]


MUTANTS = (
    _hidden("case_hides_a_word", _C, "return text.lower(), range", "return text, range", "FUCK"),
    _hidden("an_accent_hides_a_word", _C, "if unicodedata.category(part) not in _DROPPED)", ")", "Fück"),
    _hidden("a_look_alike_hides_a_word", _C, '"c": "сϲᴄ",', '"c": "ϲᴄ",', "fuсk"),
    _hidden(
        "what_is_invisible_hides_a_word", _C, '("Mn", "Me", "Cf", "Cc"', '("Mn", "Me", "Cc"', "f\u200bu\u200dc\u2060k"
    ),
    _hidden("a_wide_letter_hides_a_word", _C, 'unicodedata.normalize("NFKD", character)', "character", "ｆｕｃｋ"),
    _shown(
        "repeats_hide_a_word",
        _L,
        '            yield _LONG_RUN.sub(r"\\1", letters)\n',
        "",
        "kiiill yoursellllf",
        "self_harm",
    ),
    _hidden("doubles_hide_a_word", _L, '_DOUBLE.sub(r"\\1", _LONG_RUN', '_DOUBLE.sub(r"\\1\\1", _LONG_RUN', "ffuucckk"),
    _hidden("a_mask_hides_a_word", _L, "            yield from self._unmasked(chunk)\n", "            pass\n", "f**k"),
    _hidden("a_mask_hides_an_ending", _L, "                yield stem + rest\n", "                pass\n", "fu*king"),
    _shown(
        "letters_apart_hide_a_word", _W, "listed.inside(letters) if", "() if", "k i l l  y o u r s e l f", "self_harm"
    ),
    _shown(
        "marks_between_letters_hide_a_word",
        _L,
        "chunk.translate(table).translate(_BETWEEN)",
        "chunk.translate(table)",
        "bas-tard",
        "oath",
    ),
    _hidden("a_break_hides_a_word", _W, "        if broken and end > at and", "        if False and", "fu ck"),
    _shown("a_digit_hides_a_word", _L, '"0": "o", "1": "i", "3"', '"1": "i", "3"', "z0rk", "slur"),
    _shown("a_sign_hides_a_word", _L, '"$": "s", ', "", "$hit", "oath"),
    _shown(
        "only_one_word_is_spelled_out",
        _L,
        "        if whole:\n            return whole\n",
        "",
        "c u r s e y o u",
        "abuse",
    ),
    _shown(
        "stops_hide_a_phrase",
        _W,
        "if not (alone and len(sentence) == 1):",
        "if True:",
        "Go. Kill. Yourself.",
        "self_harm",
    ),
    _shown("a_word_for_two_hides", _P, 'self._word("".join(words))])', "])", "killyourself", "self_harm"),
    _misread("scunthorpe", _P, 'f"(?<= ){whole.expression}"', "whole.expression", "(orc|ork) big", "morc big", False),
    _seen("numbers_are_words", _L, " or not _LETTER.search(chunk):", ":", "She has it: 809 gold, 5H and 17 T."),
    _seen(
        "any_break_joins",
        _W,
        "broken = broken or (len(word) < _SPELLED and word not in _SHORT)",
        "broken = True",
        "A man go past u",
    ),
    _seen(
        "a_phrase_goes_over_a_stop",
        _W,
        "yield Token(STOP, start + len(chunk) - 1, start + len(chunk))",
        "pass",
        "I must kill. Yourself you should rest.",
    ),
    _misread(
        "a_word_is_found_in_others",
        _P,
        "{re.escape(word.strip('*'))}{after} \"",
        "{re.escape(word.strip('*'))}{after}[^ .]* \"",
        "big orc",
        "big orcs",
        False,
    ),
    _misread(
        "what_may_lack_must_be_there",
        _P,
        'f"(?:{inner.expression})?"',
        'f"(?:{inner.expression})"',
        "a [very] big orc",
        "a big orc",
        True,
    ),
    _misread(
        "a_gap_has_no_end",
        _P,
        "{{0,{part[2:] or _MOST_GAP}}}?",
        "{{0,9}}?",
        "kill .. orc",
        "kill that big ugly old orc",
        False,
    ),
    _misread(
        "a_gap_goes_over_a_stop", _P, 'f"(?:[^ .]+ ){{0', 'f"(?:[^ ]+ ){{0', "kill .. orc", "Kill! The orc", False
    ),
    _misread(
        "only_the_first_choice_counts",
        _P,
        "options.append(_in_order(self.sequence()))",
        "self.sequence()",
        "big (bad orc|elf)",
        "big elf",
        True,
    ),
    _misread(
        "a_group_has_its_last_line_alone",
        _D,
        "more if known is None else either([known, more])",
        "more",
        "kill <foe>",
        "kill dark elf",
        True,
    ),
    _misread(
        "a_sentence_begins_anywhere",
        _P,
        '_BEGIN if part == "^" else _END',
        '"" if part == "^" else _END',
        "^ orc",
        "Well, orc!",
        False,
    ),
    _misread(
        "a_contraction_in_a_rule_never_matches",
        _P,
        "for word in apart(plain(written)[0])",
        "for word in (plain(written)[0],)",
        "you're orc",
        "you are orc",
        True,
    ),
    Mutant(
        "what_a_rule_begins_with_is_looked_for",
        _I,
        "for length in self._lengths:",
        "for length in ():",
        rules.test_what_a_rule_matches,
        {"rule": "orc*", "text": "orcish", "expected": True},
    ),
    Mutant(
        "exceptions_are_for_all",
        _I,
        "one == kind and start",
        "start",
        rules.test_an_exception_cancels_its_class_where_they_overlap,
    ),
    Mutant(
        "exceptions_are_for_the_whole_text",
        _I,
        " and start < span[1] and span[0] < end for",
        " for",
        rules.test_an_exception_cancels_its_class_where_they_overlap,
    ),
    Mutant(
        "a_reason_is_a_place_in_plain_text",
        _W,
        "self._places[final] + 1",
        "final + 1",
        disguises.test_a_reason_says_where_it_is_in_the_text_as_it_was_written,
    ),
    Mutant(
        "a_spelling_is_a_letter_too",
        _W,
        "            yield Token(chunk, start, start + len(chunk))\n",
        "            yield from (Token(word, start, start + len(chunk)) for word in listed.spelled(chunk))\n",
        disguises.test_signs_gaps_and_stops_hide_nothing,
        {"text": "k i l l  y o u r s e l f", "kind": "self_harm"},
    ),
    Mutant(
        "a_score_decides_by_itself",
        _M,
        "if reasons and outcome is",
        "if outcome is",
        moderation.test_a_score_marks_what_a_rule_lets_pass,
        {"text": "the cock crows", "score": 0.99, "outcome": 0},
    ),
    Mutant(
        "a_score_softens",
        _M,
        "and outcome is Outcome.PASS and score",
        "and score",
        moderation.test_a_score_marks_what_a_rule_lets_pass,
        {"text": "zork", "score": 0.95, "outcome": 2},
    ),
    Mutant(
        "the_mildest_rule_counts",
        _M,
        "outcome = max((reason",
        "outcome = min((reason",
        moderation.test_the_strictest_rule_counts,
        {"text": "damn zork, curse you", "outcome": 2, "kinds": ("slur", "abuse", "oath")},
    ),
    Mutant(
        "a_changed_list_is_not_read",
        _M,
        "if state == self._state:",
        "if True:",
        moderation.test_the_list_is_read_again_when_it_changes,
    ),
    Mutant(
        "a_wrong_list_ends_moderation",
        _M,
        "except ConfigError as error:",
        "except ZeroDivisionError as error:",
        moderation.test_a_wrong_list_leaves_the_one_before_and_is_said_once,
    ),
    Mutant(
        "a_wrong_list_is_told_all_the_time",
        _M,
        "        self._state = state\n        try",
        "        try",
        moderation.test_a_wrong_list_leaves_the_one_before_and_is_said_once,
    ),
    Mutant(
        "classes_keep_the_list_s_outcome",
        _M,
        "replace(reason, outcome=outcome)",
        "reason",
        moderation.test_an_operator_gives_classes_other_outcomes,
    ),
    Mutant(
        "the_audit_tells_the_talk",
        _A,
        "if self._with_text:",
        "if True:",
        audit.test_what_is_marked_or_held_is_written_without_the_talk,
    ),
    Mutant(
        "the_audit_has_what_passes",
        _A,
        "if verdict.outcome is Outcome.PASS:",
        "if False:",
        audit.test_what_is_marked_or_held_is_written_without_the_talk,
    ),
    Mutant(
        "a_refused_line_costs_a_token",
        _R,
        "            return (1 - tokens) / self._rate\n",
        "            self._buckets[key] = _Bucket(tokens - 1, now)\n            return (1 - tokens) / self._rate\n",
        rate_limit.test_what_is_refused_costs_nothing,
    ),
    Mutant(
        "idling_saves_for_ever",
        _R,
        "min(self._burst, bucket.tokens",
        "max(0, bucket.tokens",
        rate_limit.test_idling_saves_no_more_than_a_burst,
    ),
    Mutant(
        "a_full_table_forgets_anybody",
        _R,
        "        if lacking > 0:\n",
        "        if False:\n",
        rate_limit.test_made_up_names_win_nothing_once_the_table_is_full,
    ),
    Mutant(
        "a_score_has_no_length",
        _S,
        " / math.sqrt(terms @ terms)",
        "",
        profanity.test_every_score_is_the_package_s,
        {"profanity": _S.Profanity.load()},
    ),
    Mutant(
        "a_word_counts_once",
        _S,
        "np.fromiter(counts.values(), np.float32)",
        "1",
        profanity.test_every_score_is_the_package_s,
        {"profanity": _S.Profanity.load()},
    ),
)
