"""What a rule matches, and what is said of a list that is wrong."""

import re
from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.moderation.reading import DEFAULT, read
from bridge.moderation.words import Words
from tests.moderation.lists import HOLD, MARK, PASS, found, word_list, written


def fires(folder: Path, rule: str, text: str) -> bool:
    return bool(word_list(folder, f"[words foe]\norc | dark elf\ntroll\n[x: mark]\n{rule}\n").reasons(text))


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("orc", "an Orc!", True),
        ("orc", "orcs", False),
        ("orc*", "orcish", True),
        ("orc*", "morc", False),
        ("*orc*", "an uber-morcish one", True),
        ("big (bad orc|elf)", "big elf", True),
        ("big (bad orc|elf)", "big bad orc", True),
        ("big (bad orc|elf)", "big bad elf", False),
        ("a [very] big orc", "a big orc", True),
        ("a [very] big orc", "a very big orc", True),
        ("a [very|quite so] big orc", "a quite so big orc", True),
        ("a [very] big orc", "a rather big orc", False),
        ("kill .. orc", "kill that big ugly orc", True),
        ("kill .. orc", "kill that big ugly old orc", False),
        ("kill ..4 orc", "kill that big ugly old orc", True),
        ("kill ..0 orc", "kill orc", True),
        ("kill .. orc", "Kill! The orc", False),
        ("kill <foe>", "kill dark elf", True),
        ("kill <foe>", "kill troll", True),
        ("kill <foe>", "kill elf", False),
        ("orc+king", "orcking", True),
        ("orc+king", "orc king", True),
        ("orc+king", "orc-king", True),
        ("orc+king", "king orc", False),
        ("^ orc", "Well then. Orc!", True),
        ("^ orc", "Well, orc!", False),
        ("orc $", "an orc; and more", True),
        ("orc $", "an orc and more", False),
        ("orc | elf lord", "elf lord", True),
        ("you're orc", "you are orc", True),
        ("Ôrc", "ORC", True),
        ("big orc", "big orcs", False),
        ("(orc|ork) big", "morc big", False),
        ("(a (b|c d)) e", "a c d e", True),
    ],
)
def test_what_a_rule_matches(tmp_path: Path, rule: str, text: str, expected: bool) -> None:
    assert fires(tmp_path, rule, text) is expected


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("orc", "line 1: 'orc' is in no section; write one above it, such as [abuse: mark]"),
        ("[x: block]", "line 1: [x: block] has no outcome; use pass, mark, hold, except after the colon"),
        ("[x]", "line 1: [x] is no section; use [CLASS: OUTCOME]"),
        ("[x: mark]\n\n# why\n(orc", "line 4: '(orc' has a '(' without its ')'"),
        ("[x: mark]\norc)", "line 2: 'orc)' has a ')' that nothing opens"),
        ("[x: mark]\n(orc|)", "line 2: '(orc|)' has an empty place"),
        ("[x: mark]\n<foe> dies", "line 2: '<foe> dies' has <foe>, and no group has this name"),
        ("[x: mark]\n[orc] ..", "line 2: '[orc] ..' may match any text; name at least one word"),
        ("[x: mark]\nor-c", "line 2: 'or-c' has 'or-c'; use letters, digits and a *"),
        ("[x: mark]\no*c", "line 2: 'o*c' has 'o*c'; use letters"),
        ("[x: mark]\n" + "(" * 30 + "a", "has more than 20 brackets in one another; name a group"),
        ("[x: mark]\n" + "a" * 5000, "line 2: a rule has 5000 characters; use up to 4000"),
        ("[spellings]\nu you", "line 2: 'u you' is no spelling; write it as `u, ya = you`"),
        ("[spellings]\na b = you", "line 2: 'a b' is no word; write a spelling as"),
        ("[x: mark]\norc\ninclude default", "line 3: `include default` comes after other entries"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, wrong: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=re.escape(wrong)) as refusal:
        read(path)
    assert str(refusal.value).startswith(str(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `framebridge moderation list` prints one"):
        read(tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path)
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"[x: mark]\nna\xefve\n")
    with pytest.raises(ConfigError, match="line 2: not UTF-8; save the file as UTF-8"):
        read(latin)
    large = tmp_path / "large.txt"
    large.write_bytes(b"#" * (1 << 21))
    with pytest.raises(ConfigError, match="a list of rules may have 1048576"):
        read(large)


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path: Path) -> None:
    assert found(word_list(tmp_path, "\ufeff[x: mark]\r\norc\r\n"), "orc") == [("x", "orc")]


def test_an_exception_cancels_its_class_where_they_overlap(tmp_path: Path) -> None:
    rules = word_list(tmp_path)
    assert found(rules, "I could kill yourself laughing") == []
    assert found(rules, "kill yourself laughing, or kill yourself") == [("self_harm", "kill yourself")]
    other = word_list(tmp_path, "[x: mark]\norc\n[y: mark]\norc\n[x: except]\nhalf orc\n")
    assert found(other, "half orc") == [("y", "orc")]


def test_a_reason_names_its_rule_and_place(tmp_path: Path) -> None:
    (reason,) = word_list(tmp_path).reasons("zork you")
    assert (reason.kind, reason.outcome, reason.rule, reason.place) == ("slur", HOLD, "zork | zorks", "list.txt:19")


def test_a_list_adds_to_the_default_or_replaces_it(tmp_path: Path) -> None:
    more = word_list(tmp_path, "include default\n[words sexpart]\nzork\n[x: mark]\norc\n")
    assert found(more, "orc") == [("x", "orc")]
    assert ("self_harm", "kill yourself") in found(more, "go kill yourself")
    assert found(word_list(tmp_path, "[x: mark]\norc\n"), "go kill yourself") == []


def test_an_index_and_no_index_find_the_same(tmp_path: Path) -> None:
    """Each rule that matches a line is found by the words that the index knows it by."""
    english = read(DEFAULT)
    lines = (Path(__file__).parent / "development.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[::5]:
        words = Words(line.partition("\t")[2], english._words)
        fast = [rule for rule in english._index.candidates(words) if rule.spans(words)]
        assert fast == [rule for rule in english.rules if rule.spans(words)]


def test_outcomes_are_ordered() -> None:
    assert max(PASS, MARK) is MARK
    assert max(MARK, HOLD, PASS) is HOLD
