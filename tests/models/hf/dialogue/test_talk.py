"""Replies of transformers' own models: what it would generate, whatever is cached, suspended or abandoned meanwhile."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import transformers as hf

from models.dialogue.chat import Message, Role
from models.dialogue.grammar import Form, Grammar
from models.dialogue.reply import Finish
from models.dialogue.sampling import Sampling
from models.hf.dialogue.program import DECODE, PREFILL, HfDialogueProgram
from models.program import Unfinished
from tests.models.dialogue.stepping import ask, turn
from tests.models.hf.dialogue.talkers import TALKERS, WINDOW, expected, program, save

COUNT = 12
GREEDY = Sampling(temperature=0, repetition_penalty=1, max_new_tokens=COUNT)
Folder = Callable[[str], Path]


@pytest.fixture(scope="session")
def talker(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The folder of a model, made once; not to be changed."""
    root, made = tmp_path_factory.mktemp("talkers"), set[str]()

    def folder(kind: str) -> Path:
        if kind not in made:
            save(kind, root / kind)
            made.add(kind)
        return root / kind

    return folder


def reply_to(of: HfDialogueProgram, messages: list[Message], conversation: str = "a") -> Any:
    reply = of.reply(conversation, messages, GREEDY)
    assert reply.reserve()
    return reply


def step(of: HfDialogueProgram, reply: Any, lane: str) -> Any:
    (output,) = turn(of.start(lane, [reply]))
    assert not isinstance(output, Exception), output
    return output


def spoken(of: HfDialogueProgram, reply: Any) -> tuple[str, Any]:
    """All that it says, and the last piece."""
    text, lane = "", PREFILL
    while isinstance(output := step(of, reply, lane), Unfinished):
        text, lane = text + output.output.text, output.lane
    return text + output.text, output


@pytest.mark.parametrize("kind", TALKERS)
def test_a_reply_is_what_transformers_generates(kind: str, talker: Folder) -> None:
    of = program(talker(kind))
    reply = reply_to(of, ask("Who are you, and what do you sell here on a day like this?"))
    assert reply.prompt_tokens > 64 > WINDOW, "more than a chunk, and than the window"
    prompt = list(reply.tokens)
    _, last = spoken(of, reply)
    generated = expected(talker(kind), prompt, COUNT)
    assert reply.tokens[len(prompt) :] == [token for token in generated if token != 257]
    assert last.tokens == len(reply.tokens) - len(prompt)
    assert last.finish in (Finish.END, Finish.LENGTH)
    assert of.stats().busy == 0


@pytest.mark.parametrize("kind", TALKERS)
def test_what_is_cached_changes_no_word(kind: str, talker: Folder) -> None:
    of, messages, said = program(talker(kind)), ask("Hello"), []
    for line in ("And then?", "Why?", "Really?"):
        reply = reply_to(of, messages)
        text, last = spoken(of, reply)
        said.append(last.cached_tokens)
        alone, _ = spoken(fresh := program(talker(kind)), reply_to(fresh, messages))
        assert text == alone
        messages = [*messages, Message(Role.ASSISTANT, text.strip() or "Hm."), Message(Role.USER, line)]
    assert said[0] == 0
    assert (min(said[1:]) > 32) == (kind == "plain"), "only such a cache can be shortened"


@pytest.mark.parametrize("kind", TALKERS)
def test_replies_take_turns_and_may_be_suspended_anywhere(kind: str, talker: Folder) -> None:
    of = program(talker(kind))
    assert of.lanes[0].stages == 4, "a stage for each layer, and the rest"
    questions = [ask("Hello"), ask("Good evening to you, smith! What is the news?")]
    alone = [spoken(fresh := program(talker(kind)), reply_to(fresh, messages)) for messages in questions]
    one, other = (reply_to(of, messages, str(place)) for place, messages in enumerate(questions))
    texts, lanes = ["", ""], [PREFILL, PREFILL]
    while any(lanes):
        run = of.start(lanes[0], [one]) if lanes[0] else None
        if run is not None:
            next(run)
            next(run)  # it stays suspended while the other one runs
        if lanes[1]:
            take(texts, lanes, 1, step(of, other, lanes[1]))
        if run is not None:
            take(texts, lanes, 0, turn(run)[0])
    assert texts == [text for text, _ in alone]


def take(texts: list[str], lanes: list[str], place: int, output: Any) -> None:
    goes_on = isinstance(output, Unfinished)
    texts[place] += (output.output if goes_on else output).text
    lanes[place] = output.lane if goes_on else ""


@pytest.mark.parametrize("kind", TALKERS)
def test_a_run_that_is_abandoned_leaves_no_trace(kind: str, talker: Folder) -> None:
    of = program(talker(kind))
    alone, _ = spoken(of, reply_to(of, ask("Hello"), "b"))
    reply, text, lane = reply_to(of, ask("Hello")), "", PREFILL
    for place in range(1000):
        if place in (0, 1, 5, 20):  # in its prompt, and later
            run = of.start(lane, [reply])
            next(run)
            next(run)
            run.close()
        output = step(of, reply, lane)
        if not isinstance(output, Unfinished):
            break
        text, lane = text + output.output.text, output.lane
    assert text + output.text == alone


def test_a_reply_that_is_released_ends_with_its_run(talker: Folder) -> None:
    of = program(talker("plain"))
    reply = reply_to(of, ask("Hello"))
    run = of.start(PREFILL, [reply])
    next(run)
    reply.release()
    reply.release()
    assert turn(run)[0].finish is Finish.INTERRUPTED
    assert (of.stats().busy, of.stats().idle) == (0, 1)
    of.forget("a")
    assert of.stats().idle == 0
    again, _ = spoken(of, reply_to(of, ask("Hello")))
    assert again == spoken(fresh := program(talker("plain")), reply_to(fresh, ask("Hello")))[0]


def test_positions_are_shared_by_all_conversations(talker: Folder) -> None:
    of = program(talker("plain"), slots=1, context=160)
    first = reply_to(of, ask("Hello"), "a")
    second = of.reply("b", ask("Hello"), GREEDY)
    assert not second.reserve(), "two prompts of 90 tokens do not fit"
    spoken(of, first)
    assert second.reserve()
    assert (of.stats().busy, of.stats().idle) == (1, 0), "the older cache has made room"
    of.forget("b")
    spoken(of, second)
    assert of.stats().idle == 0
    with pytest.raises(ValueError, match="max_new_tokens is 160 where the context is 160"):
        of.reply("a", ask("Hello"), Sampling(max_new_tokens=160))


def test_rehearsals_are_not_cached(talker: Folder) -> None:
    of = program(talker("plain"))
    for lane in (PREFILL, DECODE):
        for _ in range(2):
            (output,) = turn(of.start(lane, of.sample(lane, 1)))
            assert output.finish is Finish.END
    assert (of.stats().busy, of.stats().idle) == (0, 0)
    assert 0 < of.pool_bytes < of.resident_bytes


def test_what_cannot_talk_is_refused(talker: Folder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the context is 1024, and the model was made for 512 tokens"):
        program(talker("plain"), context=1024)
    hf.BertModel(hf.BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2)).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="BertModel is no causal language model"):
        program(tmp_path)
    save("plain", tmp_path / "silent")
    (tmp_path / "silent" / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match=r"tokenizer\.json"):
        program(tmp_path / "silent")
    stored = json.loads((talker("plain") / "config.json").read_text())
    save("plain", tmp_path / "code")
    (tmp_path / "code" / "config.json").write_text(json.dumps({**stored, "auto_map": {"AutoModel": "x.py"}}))
    with pytest.raises(ValueError, match="asks for Python code of its own"):
        program(tmp_path / "code")


def test_it_is_not_kept_to_a_grammar_and_says_so(talker: Folder) -> None:
    of = program(talker("plain"))
    kept = replace(GREEDY, grammar=Grammar(Form.REGEX, "yes|no"))
    with pytest.raises(ValueError, match="not kept to a grammar"):
        of.reply("a", ask("Will you?"), kept)
    of.close()
