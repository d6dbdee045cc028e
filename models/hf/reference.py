"""What follows `hf:`: a folder or repository, and options, as in `microsoft/resnet-18?size=224x320&online`."""

import re
from dataclasses import dataclass

OPTIONS = "?online, ?size=HEIGHTxWIDTH and ?tokens=COUNT, joined by &"

_SIZE = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})")
_TOKENS = re.compile(r"[1-9]\d{0,4}")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a model is, and what the operator decides about it."""

    place: str  # a folder, or a repository of the hub
    online: bool = False  # whether it may be downloaded
    size: tuple[int, int] | None = None  # height and width of pictures; None: what the model's files say
    tokens: int | None = None  # the longest text

    @classmethod
    def of(cls, text: str) -> "Reference":
        """Read one. ValueError for an option or a value that there is none of."""
        place, _, query = text.partition("?")
        if not place.strip():
            raise ValueError("no model is named; write a folder or a repository, as in hf:microsoft/resnet-18")
        online, size, tokens = False, None, None
        for option in query.split("&") if query else ():
            name, _, value = option.partition("=")
            if option == "online":
                online = True
            elif name == "size" and (match := _SIZE.fullmatch(value)):
                size = int(match[1]), int(match[2])
            elif name == "tokens" and _TOKENS.fullmatch(value):
                tokens = int(value)
            else:
                raise ValueError(f"the option {option!r} is not understood; there are {OPTIONS}")
        return cls(place.strip(), online, size, tokens)
