"""The text that names models: its kinds, and what is none."""

from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.sources import prefixes, reference
from bridge.sources.reference import Kind, Reference, absolute


@pytest.mark.parametrize(
    ("text", "kind", "target", "attribute"),
    [
        ("my_pkg:MODEL", Kind.MODULE, "my_pkg", "MODEL"),
        ("my_pkg.nets:Nets.STYLE", Kind.MODULE, "my_pkg.nets", "Nets.STYLE"),
        ("./portraits.py:MODEL", Kind.FILE, "./portraits.py", "MODEL"),
        ("/a b/c:d.py:MODEL", Kind.FILE, "/a b/c:d.py", "MODEL"),
        (r"C:\nets\style.py:MODEL", Kind.FILE, r"C:\nets\style.py", "MODEL"),
        ("nets/style.pt2", Kind.EXPORTED, "nets/style.pt2", ""),
        ("some-style", Kind.INSTALLED, "some-style", ""),
    ],
)
def test_a_source_is_taken_apart(text: str, kind: Kind, target: str, attribute: str) -> None:
    assert Reference.of(text) == Reference(text, kind, target, attribute)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("./portraits.py", r"say which model of the file, as in ./portraits.py:ATTRIBUTE"),
        ("./portraits.py:", "not a source of models; use my_pkg.module:ATTRIBUTE"),
        ("./portraits:MODEL", "not a source of models"),
        ("my_pkg:MODEL()", "not a source of models"),
        ("my-pkg.nets:MODEL", "not a source of models"),
        ("style.onnx", "not a source of models"),
        ("", "not a source of models"),
    ],
)
def test_what_is_no_source_says_what_one_is(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as error:
        Reference.of(text)
    assert str(error.value).startswith(f"--model {text}: ")


def test_paths_become_absolute_and_names_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PREFIXES", {"hf": "module:function"})
    folder = Path("/srv/game")
    assert absolute("./portraits.py:MODEL", folder) == "/srv/game/portraits.py:MODEL"
    assert absolute("../nets/style.pt2", folder) == "/srv/nets/style.pt2"
    assert absolute("/a/b.py:MODEL", folder) == "/a/b.py:MODEL"
    assert absolute("hf:./checkpoint", folder) == "hf:/srv/game/checkpoint"
    for name in ("my_pkg.nets:MODEL", "some-style", "hf:owner/checkpoint"):
        assert absolute(name, folder) == name


def test_a_prefix_is_a_kind_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PREFIXES", {"hf": "module:function"})
    assert Reference.of("hf:owner/net.pt2") == Reference("hf:owner/net.pt2", Kind.PREFIXED, "owner/net.pt2", "hf")
    assert all(path.count(":") == 1 for path in prefixes.PREFIXES.values())
