"""Numbers in words, written apart from what reads them."""

SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def spelled(number: int, dash: str = "-") -> str:
    """A number below a million as English has it: "two hundred and five"."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        ten, rest = divmod(number, 10)
        return TENS[ten] + (f"{dash}{SMALL[rest]}" if rest else "")
    size, name = (100, "hundred") if number < 1_000 else (1_000, "thousand")
    over, rest = divmod(number, size)
    joint = "" if not rest else " and " if rest < 100 else " "
    return f"{spelled(over, dash)} {name}{joint}{spelled(rest, dash) if rest else ''}"
