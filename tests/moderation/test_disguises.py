"""A word of the list is found however it is disguised; a word that only looks like one is not."""

from pathlib import Path

import pytest

from bridge.moderation.characters import apart, plain
from tests.moderation.lists import found, word_list


@pytest.mark.parametrize(
    "text",
    [
        "FUCK",
        "Fück",
        "fúçk",
        "fuⅽk",  # a Roman numeral
        "ｆｕｃｋ",
        "𝖋𝖚𝖈𝖐",
        "ⓕⓤⓒⓚ",
        "fuсk",  # Cyrillic es
        "fυcκ",  # Greek
        "f\u200bu\u200dc\u2060k",
        "f\u00aduck",
        "f\u0336u\u0336c\u0336k\u0336",  # struck through
        "fuuuuuck",
        "ffuucckk",
        "fffuuuccckkk",
        "fuckkk",
        "f u c k",
        "f  u  c  k",
        "f.u.c.k",
        "f-u-c-k",
        "f_u_c_k",
        "f/u/c/k",
        "f*ck",
        "f**k",
        "f***",
        "f#ck",
        "fu*king",
        "fu ck",
        "f uck",
        "fuc k",
        "fu-ck",
        '"fuck"',
        "(fuck)",
        "*fuck*",
        "fuck!!!",
        "...fuck...",
    ],
)
def test_a_word_is_found_in_a_disguise(tmp_path: Path, text: str) -> None:
    rules = word_list(tmp_path)
    assert [kind for kind, _ in found(rules, f"well {text} that")] == ["oath"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("sh1t", "oath"),
        ("$hit", "oath"),
        ("sh!t", "oath"),
        ("5h17", "oath"),
        ("b1tch", "oath"),
        ("8itch", "oath"),
        ("d4mn", "oath"),
        ("d@mn", "oath"),
        ("z0rk", "slur"),
        ("Z0RKS!", "slur"),
        ("zørk", "slur"),
        ("k!ll y0urs3lf", "self_harm"),
        ("k1ll.yourself", "self_harm"),
        ("killyourself", "self_harm"),
        ("kill\u200byourself", "self_harm"),
        ("k i l l  y o u r s e l f", "self_harm"),
        ("k i l l y o u r s e l f", "self_harm"),
        ("kiiill yoursellllf", "self_harm"),
        ("Go. Kill. Yourself.", "self_harm"),
        ("kill\nyourself", "self_harm"),
        ("bas-tard", "oath"),
        ("c u r s e y o u", "abuse"),
    ],
)
def test_signs_gaps_and_stops_hide_nothing(tmp_path: Path, text: str, kind: str) -> None:
    rules = word_list(tmp_path)
    assert [fired for fired, _ in found(rules, text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe has a shitake, and Matsushita a bitchumen",
        "the bitcher, a shithouse and zorkmids",
        "She has it: 809 gold, 5H and 17 T.",
        "A man go past u",
        "The pas sage was hit by the fu neral",
        "I was hit. It was his hit.",
        "a b c d e f g h i j k l m n o p",
        "see you at 1. F. U. N.",
        "$5, 5$ and 50%",
        "f5 and k9 and x*y",
        "What did you do? Nothing!",
        "I must kill. Yourself you should rest.",
        "I kill, and you do it yourself",
    ],
)
def test_other_words_stay_what_they_are(tmp_path: Path, text: str) -> None:
    rules = word_list(tmp_path)
    assert found(rules, text) == []


def test_a_reason_says_where_it_is_in_the_text_as_it_was_written(tmp_path: Path) -> None:
    rules = word_list(tmp_path)
    text = "ﬁﬁne… go f\u200bu\u0308c\u200bk yóu now"
    assert found(rules, text) == [("abuse", "f\u200bu\u0308c\u200bk yóu"), ("oath", "f\u200bu\u0308c\u200bk")]
    assert found(rules, "well, k i l l  y o u r s e l f then") == [("self_harm", "k i l l  y o u r s e l f")]
    assert found(rules, "Die!") == [("self_harm", "Die")]


def test_spellings_are_read_as_words(tmp_path: Path) -> None:
    rules = word_list(tmp_path)
    assert [kind for kind, _ in found(rules, "curse u")] == ["abuse"]
    assert [kind for kind, _ in found(rules, "curse ya!")] == ["abuse"]
    assert [kind for kind, _ in found(rules, "you're so very worthless")] == ["abuse"]
    assert [kind for kind, _ in found(rules, "you’re worthless")] == ["abuse"]
    assert found(rules, "f u n") == []  # u is a letter here, not you


def test_contractions_are_two_words() -> None:
    assert apart("you're") == ("you", "are")
    assert apart("he's") == ("he",)
    assert apart("don't") == ("dont",)
    assert apart("o'clock") == ("oclock",)


def test_each_plain_character_knows_where_it_was() -> None:
    letters, places = plain("Ǆ\u200b æ’x\u2028")
    assert letters == "dz ae'x\n"
    assert list(places) == [0, 0, 2, 3, 3, 4, 5, 6]


def test_text_of_any_kind_and_length_is_bearable(tmp_path: Path) -> None:
    rules = word_list(tmp_path)
    for text in ("", " ", "\0", "\ud800", "🙂" * 9, "☠️👩‍👩‍👧", "ﷺ" * 99, "a" * 99_999, "f u " * 9_999, "f*" * 9_999):
        rules.reasons(text)
    assert [kind for kind, _ in found(rules, "x " * 5000 + "k i l l  y o u r s e l f")] == ["self_harm"]
    assert found(rules, "o " * 9000 + "zork") == []  # behind what is looked at
    assert [kind for kind, _ in found(rules, "oh " * 5000 + "zork")] == ["slur"]


def test_a_list_may_name_an_emoji(tmp_path: Path) -> None:
    rules = word_list(tmp_path, "[abuse: mark]\n🖕\n")
    assert [kind for kind, _ in found(rules, "take this🖕🏽!")] == ["abuse"]
