"""What the server puts in front of a line: the facts that it takes for the answer, by the same search."""

from functools import lru_cache

from models.npc.answers.answer import Question, answer_of
from models.npc.answers.focus import focus_of
from models.npc.answers.search import Search
from models.npc.character import Npc, Ware
from models.npc.facts import Fact, sentences
from models.npc.prompt import MOST_FACTS


def looked_up(npc: Npc, said: str, topic: Ware | None, before: str) -> tuple[Fact, ...]:
    """The facts of the system message that the server is sure of; none where it is not.

    Now and then it is mistaken, here as there: the reply that is learnt goes by the question, not by what was found.
    """
    answer = answer_of(npc, Question(_search(npc), said, focus_of(said), before), topic)
    return answer.facts if answer is not None and answer.sure else ()


@lru_cache(maxsize=1)
def _search(npc: Npc) -> Search:
    return Search(npc, sentences(npc)[:MOST_FACTS])
