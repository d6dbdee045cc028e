"""Replies through the lanes: caches, interruptions, repetition, faults."""

import threading
from dataclasses import replace

import pytest
import torch

from models.dialogue.chat import Message, Role
from models.dialogue.dialogue_program import CHUNK, DECODE, PREFILL, DialogueProgram
from models.dialogue.reply import Finish, Piece, Reply
from models.dialogue.sampling import Sampling
from models.language.cache.slots import PAGE, NoSlot, SlotCounts
from models.program import Program, Unfinished
from tests.models.dialogue.stepping import (
    GREEDY,
    PERSONA,
    answer,
    ask,
    cached,
    fill,
    finish,
    one,
    piece_of,
    prefill,
    turn,
)

LIVELY = Sampling(temperature=1.0, top_p=0.95, repetition_penalty=1.1, seed=7, max_new_tokens=12)


def two_turns(program: DialogueProgram, name: str) -> tuple[list[Message], str]:
    """The messages of a second turn, after the first one was answered."""
    first = ask("Hello! What do you sell?", PERSONA)
    said = answer(program, name, first)
    return [*first, Message(Role.ASSISTANT, said), Message(Role.USER, "And what does it cost?")], said


def speak(program: DialogueProgram, replies: list[Reply]) -> list[tuple[str, Piece]]:
    """All of them, as many in a step as the lane takes."""
    rows = program.lanes[1].max_batch
    last = [prefill(program, reply) for reply in replies]
    texts = [piece_of(output).text for output in last]
    while going := [i for i, output in enumerate(last) if isinstance(output, Unfinished)]:
        for first in range(0, len(going), rows):
            some = going[first : first + rows]
            for i, output in zip(some, turn(program.start(DECODE, [replies[i] for i in some])), strict=True):
                last[i] = output
                texts[i] += piece_of(output).text
    return [(text, piece_of(output)) for text, output in zip(texts, last, strict=True)]


def test_it_is_a_program(program: DialogueProgram) -> None:
    same: Program = program
    assert [(lane.name, lane.max_batch) for lane in same.lanes] == [(PREFILL, 1), (DECODE, program.slots)]
    assert program.resident_bytes > 60 << 20
    assert program.version.startswith("smollm2-135m-instruct-")


def test_a_run_yields_as_often_as_its_lane_says(program: DialogueProgram) -> None:
    for lane in program.lanes:
        for batch in {1, lane.max_batch}:
            assert sum(1 for _ in program.start(lane.name, program.sample(lane.name, batch))) == lane.stages
    released = program.reply("a", ask("Hi"), GREEDY)
    released.release()
    assert sum(1 for _ in program.start(DECODE, [released])) == program.lanes[1].stages


def test_prompt_then_tokens(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("Hello " * 80), replace(GREEDY, max_new_tokens=3))
    assert CHUNK < reply.prompt_tokens < 2 * CHUNK
    chunk = one(program, PREFILL, reply)
    assert chunk == Unfinished(Piece("", 0, None, reply.prompt_tokens, 0), PREFILL, prepares=True)
    first = one(program, PREFILL, reply)
    assert isinstance(first, Unfinished)
    assert (first.lane, first.output.tokens) == (DECODE, 1)
    assert piece_of(one(program, DECODE, reply)).tokens == 2
    last = one(program, DECODE, reply)
    assert isinstance(last, Piece)
    assert (last.tokens, last.finish) == (3, Finish.LENGTH)
    assert program.stats() == SlotCounts(busy=0, idle=1, free=program.slots - 1)


def test_the_model_ends_its_reply(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("What is 2+2? Answer with one word."), replace(GREEDY, max_new_tokens=60))
    (text, last) = finish(program, reply)[0]
    assert last.finish is Finish.END
    assert "<|" not in text


def test_a_second_turn_reads_its_own_line_alone(program: DialogueProgram) -> None:
    messages, said = two_turns(program, "a")
    fed = program.reply("c", messages[:2], GREEDY).prompt_tokens + GREEDY.max_new_tokens - 1  # all but the last token
    again = program.reply("a", messages, GREEDY)
    assert again.chunks == 2, "the last token, which no step was given, and the player's line"
    warm, last = finish(program, again)[0]
    program.forget("a")
    fresh, other = finish(program, program.reply("a", messages, GREEDY))[0]
    assert warm == fresh
    assert other.cached_tokens == 0
    assert last.cached_tokens == fed
    assert len(said.split()) > 3


def test_a_reply_that_the_model_ended_costs_the_next_turn_one_run(program: DialogueProgram) -> None:
    first = ask("What is 2+2? Answer with one word.", PERSONA)
    text, last = finish(program, program.reply("a", first, replace(GREEDY, max_new_tokens=60)))[0]
    assert last.finish is Finish.END
    reply = program.reply("a", [*first, Message(Role.ASSISTANT, text), Message(Role.USER, "Sure?")], GREEDY)
    assert reply.prompt_tokens - reply.unread == last.prompt_tokens + last.tokens
    assert reply.chunks == 1


def test_what_was_said_is_the_same_to_the_bit_when_it_is_read_again(program: DialogueProgram) -> None:
    """Spoken alone, spoken beside others, and read again in one go."""
    messages, _ = two_turns(program, "a")
    bits = [keys_and_values(program, "a", messages)]
    program.forget("a")
    bits.append(keys_and_values(program, "a", messages))
    replies = [program.reply(name, messages[:2], GREEDY) for name in "abc"]
    assert len({text for text, _ in speak(program, replies)}) == 1
    bits.append(keys_and_values(program, "b", messages))
    assert torch.equal(bits[0], bits[1])
    assert torch.equal(bits[0], bits[2])


def keys_and_values(program: DialogueProgram, name: str, messages: list[Message]) -> torch.Tensor:
    """Of a prompt that is read now."""
    reply = program.reply(name, messages, GREEDY)
    prefill(program, reply)
    assert reply.lease.start is not None
    rows = program.pool.flatten(1, 2)[:, reply.lease.start :][:, : reply.prompt_tokens].clone()
    reply.release()
    return rows


def test_a_reply_that_was_cut_short_is_found_as_far_as_it_was_kept(program: DialogueProgram) -> None:
    messages, said = two_turns(program, "a")
    messages[2] = Message(Role.ASSISTANT, said[: said.index(" ", len(said) // 2)])
    reply = program.reply("a", messages, GREEDY)
    prompt = program.reply("b", messages[:2], GREEDY).prompt_tokens
    assert prompt < reply.prompt_tokens - reply.unread < prompt + GREEDY.max_new_tokens - 1
    cut, _ = finish(program, reply)[0]
    program.forget("a")
    assert answer(program, "a", messages) == cut


def test_a_persona_is_read_once_for_all_who_have_it(program: DialogueProgram) -> None:
    replies = [program.reply(name, ask(f"I am {name}, hello!", PERSONA), GREEDY) for name in "abc"]
    assert all(reply.reserve() for reply in replies)
    pieces = [last for _, last in finish(program, *replies)]
    assert [piece.cached_tokens >= 2 * PAGE for piece in pieces] == [False, True, True]
    assert pieces[1].cached_tokens == cached(program, "d", ask("Who are you?", PERSONA))


def test_what_was_evicted_is_read_again(program: DialogueProgram) -> None:
    messages, _ = two_turns(program, "a")
    expected = answer(program, "a", messages)
    held = cached(program, "a", messages)
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    while held == cached(program, "a", messages):
        fill(program, "b", next(letters))
    evicted, last = finish(program, program.reply("a", messages, GREEDY))[0]
    assert last.cached_tokens < held
    assert evicted == expected


def test_an_abandoned_run_never_happened(program: DialogueProgram) -> None:
    undisturbed = answer(program, "a", ask("Tell me a story."), LIVELY)
    reply = program.reply("b", ask("Tell me a story."), LIVELY)
    text, lane = "", PREFILL
    for stages in (1, 30, 64, 93, 94, 5, 60, 80, 94, 94, 94, 94, 94):
        abandoned = program.start(lane, [reply])
        for _ in range(stages):
            next(abandoned)
        abandoned.close()
        output = one(program, lane, reply)
        text += piece_of(output).text
        if not isinstance(output, Unfinished):
            break
        lane = output.lane
    reply.release()
    assert text == undisturbed[: len(text)]
    assert len(text) > 20


def test_equal_seeds_give_equal_replies_in_any_company(program: DialogueProgram) -> None:
    alone = answer(program, "a", ask("Tell me a story."), LIVELY)
    mine = program.reply("b", ask("Tell me a story."), LIVELY)
    others = [program.reply(name, ask(f"Who is {name}?"), replace(LIVELY, seed=0)) for name in "cd"]
    texts = [text for text, _ in finish(program, others[0], mine, others[1])]
    assert texts[1] == alone
    assert answer(program, "e", ask("Tell me a story."), replace(LIVELY, seed=8)) != alone


def test_seeds_of_either_sign_differ_and_zero_is_new_each_time(program: DialogueProgram) -> None:
    def text(seed: int) -> str:
        return answer(program, "a", ask("Tell me a story."), replace(LIVELY, seed=seed))

    assert text(5) == text(5)
    assert text(5) != text(-5)
    assert text(0) != text(0)


def test_a_stop_string_across_tokens(program: DialogueProgram) -> None:
    sampling = replace(GREEDY, max_new_tokens=30)
    whole = answer(program, "a", ask("Hello! What do you sell?"), sampling)
    stop = whole[len(whole) // 2 - 3 : len(whole) // 2 + 4]
    reply = program.reply("b", ask("Hello! What do you sell?"), replace(sampling, stop=(stop,)))
    text, last = finish(program, reply)[0]
    assert (text, last.finish) == (whole[: whole.index(stop)], Finish.STOP)


def test_release_frees_the_slot_at_once_and_later_steps_do_nothing(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("Hello!"), GREEDY)
    prefill(program, reply)
    reply.release()
    reply.release()
    assert program.stats().busy == 0
    interrupted = one(program, DECODE, reply)
    assert isinstance(interrupted, Piece)
    assert (interrupted.text, interrupted.tokens, interrupted.finish) == ("", 1, Finish.INTERRUPTED)


def test_an_interrupted_turn_leaves_its_prompt_for_the_next(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("Hello!", PERSONA), GREEDY)
    prefill(program, reply)
    reply.release()
    _, last = finish(program, program.reply("a", ask("Hello!", PERSONA), GREEDY))[0]
    assert last.prompt_tokens % PAGE, "its last page is not whole"
    assert last.cached_tokens == last.prompt_tokens - last.prompt_tokens % PAGE


def test_a_slot_given_back_in_a_suspended_run_is_safe_for_the_next(program: DialogueProgram) -> None:
    """The run of a released reply goes on beside the prefill of the reply that has got its slot."""
    expected = answer(program, "b", ask("Who are you?"))
    program.forget("b")
    long = replace(LIVELY, max_new_tokens=215)  # together they leave no room
    replies = [program.reply(name, ask("Tell me a story."), long) for name in "acd"]
    for reply in replies:
        prefill(program, reply)
    suspended = program.start(DECODE, replies)
    for _ in range(31):
        next(suspended)
    replies[0].release()
    successor = program.reply("b", ask("Who are you?"), GREEDY)
    first = prefill(program, successor)
    left = replies[0].lease
    assert left.start is not None
    assert successor.lease.start is not None
    assert left.start <= successor.lease.start < left.start + left.room
    outputs = turn(suspended)
    assert piece_of(outputs[0]).finish is Finish.INTERRUPTED
    assert isinstance(outputs[1], Unfinished)
    for reply in replies:
        reply.release()
    text = piece_of(first).text
    while isinstance(first, Unfinished):
        first = one(program, DECODE, successor)
        text += piece_of(first).text
    assert text == expected


def test_no_slot_fails_its_row_only(program: DialogueProgram) -> None:
    replies = [program.reply(name, ask("Hello!"), replace(GREEDY, max_new_tokens=200)) for name in "abcd"]
    for reply in replies[:3]:
        prefill(program, reply)
    assert isinstance(one(program, PREFILL, replies[3]), NoSlot)
    replies[0].release()
    assert isinstance(prefill(program, replies[3]), Unfinished)
    for reply in replies:
        reply.release()


def test_logits_that_are_not_finite_fail_their_row_only(program: DialogueProgram) -> None:
    """What went wrong is dropped, for all who begin alike."""
    prompts = {name: ask("Hello!", f"{name}! {PERSONA}") for name in "ab"}
    replies = [program.reply(name, prompt, GREEDY) for name, prompt in prompts.items()]
    for reply in replies:
        prefill(program, reply)
    assert replies[0].lease.start is not None
    program.pool.flatten(1, 2)[:, replies[0].lease.start + 3] = torch.nan
    bad, good = turn(program.start(DECODE, replies))
    assert isinstance(bad, FloatingPointError)
    assert isinstance(good, Unfinished)
    replies[1].release()
    assert program.stats().idle == 1
    assert cached(program, "a", prompts["a"]) == 0
    assert cached(program, "b", prompts["b"]) >= 2 * PAGE
    program.pool.nan_to_num_()


def test_more_short_conversations_than_slots_speak_side_by_side(program: DialogueProgram) -> None:
    """What each may come to need is reserved, and no more."""
    sampling = replace(GREEDY, max_new_tokens=4)
    replies = [program.reply(name, ask("Hello!"), sampling) for name in "abcde"]
    assert all(reply.reserve() for reply in replies)
    assert program.stats().busy == 5 > program.slots
    alone = answer(program, "f", ask("Hello!"), sampling)
    assert [text for text, _ in speak(program, replies)] == [alone] * 5


def test_cached_pages_are_moved_to_where_there_is_room(program: DialogueProgram) -> None:
    messages, _ = two_turns(program, "a")
    homes = cached(program, "a", messages)
    long = replace(GREEDY, max_new_tokens=200)
    neighbours = [program.reply(name, ask("Hello!"), long) for name in "bc"]
    for neighbour in neighbours:
        prefill(program, neighbour)
        assert cached(program, "a", messages) == homes
    moved, last = finish(program, program.reply("a", messages, GREEDY))[0]
    assert last.cached_tokens == homes
    for neighbour in neighbours:
        neighbour.release()
    program.forget("a")
    assert moved == answer(program, "d", messages)


def test_rehearsals_leave_no_trace(program: DialogueProgram) -> None:
    messages, _ = two_turns(program, "a")
    before = program.stats()
    for lane in program.lanes:
        inputs = program.sample(lane.name, 1)
        for _ in range(2):
            assert all(isinstance(output, Piece) for output in turn(program.start(lane.name, inputs)))
        abandoned = program.start(lane.name, inputs)
        next(abandoned)
        abandoned.close()
    assert program.stats() == before
    _, last = finish(program, program.reply("a", messages, GREEDY))[0]
    assert last.cached_tokens > 0


def test_forgetting(program: DialogueProgram) -> None:
    messages, _ = two_turns(program, "a")
    program.forget("a")
    assert program.stats().free == program.slots
    _, last = finish(program, program.reply("a", messages, GREEDY))[0]
    assert last.cached_tokens == 0


def test_long_conversations_are_trimmed_unless_that_is_off(program: DialogueProgram) -> None:
    messages = [
        message for i in range(12) for message in (*ask(f"{i} " + "word " * 20)[1:], Message(Role.ASSISTANT, "Aye."))
    ]
    messages.append(Message(Role.USER, "And now?"))
    reply = program.reply("a", messages, GREEDY)
    assert reply.prompt_tokens <= program.context - GREEDY.max_new_tokens
    with pytest.raises(ValueError, match="tokens where 244 fit"):
        program.reply("a", messages, GREEDY, trim=False)


def test_what_cannot_fit_is_refused(program: DialogueProgram) -> None:
    with pytest.raises(ValueError, match="tokens where 244 fit; shorten it"):
        program.reply("a", ask("word " * 300), GREEDY)
    with pytest.raises(ValueError, match="max_new_tokens is 256 where the context is 256"):
        program.reply("a", ask("Hi"), replace(GREEDY, max_new_tokens=256))


def test_the_context_can_be_filled_to_the_last_token(program: DialogueProgram) -> None:
    reply = program.reply("a", ask("word " * 219), replace(GREEDY, max_new_tokens=10))
    room = program.context - reply.prompt_tokens
    reply.release()
    full = program.reply("b", ask("word " * 219), replace(GREEDY, max_new_tokens=room))
    _, last = finish(program, full)[0]
    assert last.finish in (Finish.LENGTH, Finish.END)


def test_replies_may_be_made_and_released_from_other_threads(program: DialogueProgram) -> None:
    made: list[Reply] = []

    def service(name: str) -> None:
        for number in range(20):
            reply = program.reply(name, ask(f"Number {number}?"), GREEDY)
            made.append(reply)
            reply.release()
            program.forget(name)

    threads = [threading.Thread(target=service, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    expected = answer(program, "c", ask("Hello!"))
    while any(thread.is_alive() for thread in threads):
        for reply in made[:3]:
            one(program, PREFILL, reply)
    for thread in threads:
        thread.join()
    assert answer(program, "d", ask("Hello!")) == expected
