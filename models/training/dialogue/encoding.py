"""Conversations as tokens, and which of them are to be learnt: the replies, with the token that ends them."""

from collections.abc import Sequence
from itertools import takewhile

import torch

from models.dialogue.chat import Chat, Message, Role
from models.language.tokenizers.tokenizer import Tokenizer
from models.training.dialogue.network import Group, Packed
from models.training.dialogue.writing.conversation import Dialogue, Exchange

Talk = tuple[list[int], list[int]]  # tokens, and the places of those to learn


class Encoder:
    """Writes tokens as the server does: by the model's chat template."""

    def __init__(self, chat: Chat, tokenizer: Tokenizer) -> None:
        self._chat, self._tokenizer = chat, tokenizer
        self._end = tokenizer.special["<|im_end|>"]

    def packed(self, dialogues: Sequence[Dialogue]) -> Packed:
        """Dialogues end to end; what the talks of one begin with stands there once."""
        tokens: list[int] = []
        learnt: list[int] = []
        groups: list[Group] = []
        for dialogue in dialogues:
            talks = [self.talk(dialogue.system, talk) for talk in dialogue.talks]
            start = _shared(talks)
            tokens += talks[0][0][:start]
            for own, places in talks:
                offset = len(tokens) - start
                learnt += [offset + place for place in places]
                tokens += own[start:]
            groups.append(Group(start, [len(own) - start for own, _ in talks]))
        at = torch.tensor(learnt)
        whole = torch.tensor(tokens)
        return Packed(whole, groups, at - 1, whole[at])

    def talk(self, system: str, exchanges: Sequence[Exchange]) -> Talk:
        """The tokens of one talk and the places of those that the character says."""
        messages = [Message(Role.SYSTEM, system)]
        tokens: list[int] = []
        places: list[int] = []
        for exchange in exchanges:
            messages.append(Message(Role.USER, exchange.user))
            prompt = self._chat.encode(messages)
            reply = [*self._tokenizer.encode(exchange.reply, first=False), self._end]
            places += range(len(prompt), len(prompt) + len(reply))
            tokens = prompt + reply
            messages.append(Message(Role.ASSISTANT, exchange.reply))
        return tokens, places


def _shared(talks: Sequence[Talk]) -> int:
    """How many tokens all talks begin with, before anything that is learnt."""
    columns = zip(*(tokens for tokens, _ in talks), strict=False)
    alike = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
    return min(alike, *(places[0] - 1 for _, places in talks))
