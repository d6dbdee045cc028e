"""The C# classes behind scripts: what they derive from, and the fields that Unity keeps of them."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"')
_TEXT_OR_COMMENT = re.compile(_TEXT.pattern + r"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_CLASS = re.compile(r"\b(?:(abstract)\s+)?(?:partial\s+)?(class|struct)\s+(\w+)\s*(?::\s*([^{]+))?\{")
_ATTRIBUTES = re.compile(r"\s*\[((?:[^\[\]]|\[[^\]]*\])*)\]")
_FIELD = re.compile(
    r"^((?:(?:public|private|protected|internal|static|readonly|const|event|new)\s+)*)([\w.<>\[\], ]+?)\s+(\w+)$"
)
_FORMER = re.compile(r'FormerlySerializedAs\("(\w+)"\)')
_METHOD = re.compile(r"\bpublic\s+(?:[\w.<>\[\]]+\s+)+(\w+)\s*\(")
_PROPERTY = re.compile(r"\bpublic\s+[\w.<>\[\], ]+?\s+(\w+)\s*\{")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that Unity keeps."""

    type: str
    former: frozenset[str]


@dataclass(slots=True)
class Script:
    """A class with what all its parts say."""

    name: str
    is_abstract: bool = False
    bases: list[str] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)


class Scripts:
    """The classes of some folders of C#, by name."""

    def __init__(self, folders: list[Path]) -> None:
        self._classes: dict[str, Script] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*.cs")):
                for part in _read(path.read_text(encoding="utf-8")):
                    _merge(self._classes.setdefault(part.name, Script(part.name)), part)

    def find(self, name: str) -> Script | None:
        """The class of a name."""
        return self._classes.get(name)

    def derives(self, name: str, base: str) -> bool:
        """Whether a class is another one, or derives from it."""
        script = self.find(name)
        return name == base or (script is not None and any(self.derives(each, base) for each in script.bases))

    def fields(self, name: str) -> dict[str, Field]:
        """The fields of a class and of those that it derives from."""
        script = self.find(name)
        if script is None:
            return {}
        inherited = {key: value for base in script.bases for key, value in self.fields(base).items()}
        return inherited | script.fields

    def has_member(self, name: str, member: str) -> bool:
        """Whether a listener may call a public method of this name, or set the property for `set_Name`."""
        script = self.find(name)
        return script is not None and (
            member.removeprefix("set_") in script.members or any(self.has_member(base, member) for base in script.bases)
        )


def _merge(whole: Script, part: Script) -> None:
    whole.is_abstract |= part.is_abstract
    whole.bases += [base for base in part.bases if base not in whole.bases]
    whole.fields |= part.fields
    whole.members |= part.members


@cache
def _read(text: str) -> tuple[Script, ...]:
    """The classes of a file; those inside others too."""
    plain = _TEXT_OR_COMMENT.sub(lambda found: found[0] if found[0].startswith('"') else "", text)
    blank = _TEXT.sub(lambda found: '"' + "_" * (len(found[0]) - 2) + '"', plain)
    found = []
    for head in _CLASS.finditer(blank):
        end = _closing(blank, head.end())
        body, original = blank[head.end() : end], plain[head.end() : end]
        script = Script(head[3], head[1] is not None, _bases(head[4] or ""))
        script.fields = dict(_fields(body, original))
        script.members = {*_METHOD.findall(body), *_PROPERTY.findall(body)}
        found.append(script)
    return tuple(found)


def _bases(text: str) -> list[str]:
    return [
        re.sub(r"<.*", "", base).rpartition(".")[2].strip() for base in re.split(r",(?![^<]*>)", text) if base.strip()
    ]


def _closing(text: str, begin: int) -> int:
    depth = 1
    for at in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def _fields(body: str, original: str) -> list[tuple[str, Field]]:
    """Those between the braces of a class, not of what is nested in it."""
    found: list[tuple[str, Field]] = []
    depth = begin = 0
    for at, letter in enumerate(body):
        if letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            begin = at + 1 if depth == 0 else begin
        elif letter == ";" and depth == 0:
            found += _field(body[begin:at], original[begin:at])
            begin = at + 1
    return found


def _field(text: str, original: str) -> list[tuple[str, Field]]:
    attributes = ""
    while match := _ATTRIBUTES.match(text):
        attributes += match[1] + " "
        text = text[match.end() :]
    match = _FIELD.match(re.sub(r"\s*=(?!>).*", "", text, flags=re.DOTALL).strip())
    if match is None:
        return []
    words = match[1].split()
    kept = "SerializeField" in attributes or ("public" in words and "NonSerialized" not in attributes)
    if not kept or {"static", "const", "readonly", "event"} & set(words):
        return []
    return [(match[3], Field(match[2].strip(), frozenset(_FORMER.findall(original))))]
