"""Reading ahead: what it reads, what it leaves, and whom it never disturbs."""

from dataclasses import replace

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import PREFILL, DialogueProgram, Output
from models.dialogue.reading import Reading
from models.dialogue.reply import Finish
from models.language.cache.slots import PAGE, NoSlot
from models.program import Unfinished
from tests.models.dialogue.stepping import GREEDY, PERSONA, answer, ask, cached, fill, finish, one, piece_of


def long_talk(program: DialogueProgram, name: str) -> tuple[list[Message], int]:
    """A conversation whose history is about to be too long, and how many of its lines are to go then."""
    messages = ask("Who are you?", PERSONA)
    while True:
        said = answer(program, name, messages, replace(GREEDY, max_new_tokens=6))
        messages.append(Message(Role.ASSISTANT, said))
        if dropped := program.reading(name, messages, GREEDY).dropped:
            return messages, dropped
        messages.append(Message(Role.USER, f"Why {len(messages)}?"))


def read_ahead(program: DialogueProgram, reading: Reading) -> list[Output]:
    """Each chunk's output."""
    outputs = [one(program, PREFILL, reading)]
    while isinstance(outputs[-1], Unfinished):
        outputs.append(one(program, PREFILL, reading))
    return outputs


def test_a_turn_after_reading_ahead_reads_only_what_is_new_and_says_the_same(program: DialogueProgram) -> None:
    messages, dropped = long_talk(program, "a")
    program.forget("a")  # with the persona still held there would be one chunk
    reading = program.reading("a", messages, GREEDY)
    assert reading.worthwhile
    reading.draw = None  # type: ignore[method-assign, assignment]
    outputs = read_ahead(program, reading)
    assert len(outputs) > 1
    assert piece_of(outputs[-1]).finish is Finish.READ
    assert all(piece_of(output).text == "" and piece_of(output).tokens == 0 for output in outputs), "draws nothing"
    assert program.stats().busy == 0
    assert not program.reading("a", messages, GREEDY).worthwhile, "once"
    kept = [messages[0], *messages[1 + dropped :], Message(Role.USER, "And what does that cost?")]
    ahead, last = finish(program, program.reply("a", kept, GREEDY))[0]
    program.forget("a")
    fresh, other = finish(program, program.reply("a", kept, GREEDY))[0]
    assert ahead == fresh
    assert other.cached_tokens == 0
    assert last.prompt_tokens - last.cached_tokens < PAGE + 16, "the new line and less than a page"


def test_what_was_said_needs_no_reading(program: DialogueProgram) -> None:
    prompt = ask("Hello! What do you sell?", PERSONA)
    reply = program.reply("a", prompt, replace(GREEDY, max_new_tokens=PAGE))
    text, _ = finish(program, reply)[0]
    assert not reply.leaves_unread
    done = program.reading("a", [*prompt, Message(Role.ASSISTANT, text)], GREEDY)
    assert not done.worthwhile
    assert piece_of(one(program, PREFILL, done)).finish is Finish.READ, "with nothing to read"


def test_a_talk_that_is_about_to_be_cut_asks_for_a_reading(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("Hello! " * 60), GREEDY)
    assert reply.prompt_tokens > program.context / 2
    assert not reply.leaves_unread
    longer = program.reply("a", ask("Hello! " * 60), replace(GREEDY, max_new_tokens=program.context // 4))
    assert longer.leaves_unread


def test_what_was_said_can_be_read_ahead(program: DialogueProgram) -> None:
    """Of a talk that a client has restored."""
    prompt = ask("Hello! What do you sell?", PERSONA)
    text, _ = finish(program, program.reply("a", prompt, replace(GREEDY, max_new_tokens=PAGE)))[0]
    messages = [*prompt, Message(Role.ASSISTANT, text)]
    following = [*messages, Message(Role.USER, "And what does it cost?")]
    warm = answer(program, "a", following)
    program.forget("a")
    read_ahead(program, program.reading("a", messages, GREEDY))
    assert cached(program, "a", following) >= 3 * PAGE
    assert answer(program, "a", following) == warm


def test_a_reading_that_is_released_leaves_what_it_has_read(program: DialogueProgram) -> None:
    messages, dropped = long_talk(program, "a")
    program.forget("a")
    reading = program.reading("a", messages, GREEDY)
    one(program, PREFILL, reading)
    abandoned = program.start(PREFILL, [reading])
    for _ in range(40):
        next(abandoned)
    reading.release()
    abandoned.close()
    again = program.reading("a", messages, GREEDY)
    assert again.worthwhile
    assert again.prompt_tokens - again.unread >= PAGE
    kept = [messages[0], *messages[1 + dropped :], Message(Role.USER, "And what does that cost?")]
    assert finish(program, program.reply("a", kept, GREEDY))[0][1].cached_tokens >= PAGE


def test_a_reading_evicts_nobody(program: DialogueProgram) -> None:
    messages, _ = long_talk(program, "a")
    program.forget("a")
    for name in "bcd":
        fill(program, name)
    neighbour = program.reply("e", ask("Hello!"), GREEDY)
    assert neighbour.reserve()
    before = program.stats()
    reading = program.reading("a", messages, GREEDY)
    assert not reading.reserve()
    assert isinstance(one(program, PREFILL, reading), NoSlot)
    reading.release()
    assert program.stats() == before
    neighbour.release()
