"""Whether a line of the player asks for something to be done. One that asks about a thing, or tells of it, does not.

Similar words and similar vectors do not tell these apart: "ring the bell" is as near to "who rings the bell?".
"""

import re
from collections.abc import Collection

from models.npc.words import words

_MOST_CHARACTERS = 500  # of a line that is looked at
_ABOUT = re.compile(
    r"(?:^|[,;:.!?]\s*|\b(?:and|so|but|well|hey|okay|ok|oh)\s+)"
    r"(?:what|which|who|whose|whom|when|where|why|how|is it true|did you know)\b"
)
_ASKS = re.compile(
    r"\b(?:please|pls|plz|kindly|lemme|gimme|let's|let us|let me)\b"
    r"|\b(?:can|could|would|will|may|might) (?:you|ye|i|we)\b"
    r"|\b(?:i|we)(?:'d| would)(?: \w+ly| quite| just| rather)? (?:like|love|want)\b(?! to (?:know|ask|hear|talk|say))"
    r"|\b(?:i|we)(?: \w+ly| just)? (?:want|need|wish)\b(?! to (?:know|ask|hear|talk|say))"
    r"|\b(?:i|we)(?:'ll| will| shall) (?:have|take|buy|order|borrow|rent)\b"
    r"|\b(?:give|get|bring|show|sell|hand|fetch|pour|make|lend|pass|take|put|cut|find|chuck|let|row) (?:me|us)\b"
)
_LEADS = words("okay ok now hey so then well oh right just do and come on go ah aye yes yeah good there")
_COMMANDS = words(
    """bring give get show sell hand fetch pour make lend pass take put cut wrap send open close unlock ring light start
    play fly draw spread row book reserve swing turn point copy unroll dig launch release issue call write sign mark
    raise lead sound repair pawn measure order rent saddle feed heal help charge bill sing pack prepare keep set load
    fill drop throw swap trade buy"""
)
_FRAGMENT = re.compile(
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half an?|another|some|\d+)\b(?!.*\?)"
    r"(?!.*\b(?:is|are|was|were|am|came|went|have|has|had|do|does|did|said|says|ago)\b)"
)


def is_request(said: str, verbs: Collection[str] = ()) -> bool:
    """Whether a line asks for something to be done. `verbs`: what else may begin a command, such as "uncork"."""
    line = " ".join(said[:_MOST_CHARACTERS].lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    if _ABOUT.search(line):
        return False
    return _ASKS.search(line) is not None or any(
        _is_command(sentence.strip(), verbs) for sentence in re.split(r"(?<=[.!?])\s+", line)
    )


def _is_command(sentence: str, verbs: Collection[str]) -> bool:
    """Whether a sentence begins as a command, behind words such as "okay" and a name; or names things and no more."""
    parts = [sentence, *sentence.split(", ", 1)[1:]]
    for part in parts:
        found = re.findall(r"[\w'-]+", part)
        while found and found[0] in _LEADS:
            found = found[1:]
        if found and (found[0] in _COMMANDS or found[0] in verbs):
            return not part.endswith("?")
    return _FRAGMENT.match(sentence) is not None
