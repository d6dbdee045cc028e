"""Requests for actions: each is possible, or forbidden by what it says."""

from collections import Counter

import pytest
from facts.actions import Request, answers, not_allowed, requests
from facts.contenders.contender import Call, Said
from facts.score import interval, of_requests

ALL = requests("open") + requests("sealed")


def test_there_are_enough_and_nothing_is_asked_twice() -> None:
    assert len(ALL) >= 100
    assert sum(not request.call for request in ALL) >= 20
    assert max(Counter(request.say for request in ALL).values()) == 1


@pytest.mark.parametrize("request_", [one for one in ALL if one.call], ids=lambda one: one.number)
def test_the_right_call_is_allowed(request_: Request) -> None:
    call = Call(request_.call, request_.arguments)
    assert not_allowed(request_.npc, [call], request_.roles, request_.forbidden) == []
    assert answers(request_, [call])
    assert not answers(request_, [])
    assert not answers(request_, [call, call])


@pytest.mark.parametrize("request_", [one for one in ALL if not one.call], ids=lambda one: one.number)
def test_the_forbidden_call_is_not(request_: Request) -> None:
    assert not_allowed(request_.npc, [Call(request_.forbidden)], request_.roles, request_.forbidden)
    assert answers(request_, [])
    assert not answers(request_, [Call(request_.forbidden)])


def test_calls_that_a_file_does_not_allow() -> None:
    assert not_allowed("ottoline", [Call("lend_veil")]) == ["lend_veil needs one of the roles ['friend', 'keeper']"]
    assert not_allowed("ottoline", [Call("lend_veil")], ["friend"]) == []
    assert not_allowed("ottoline", [Call("dance")]) == ["there is no action dance"]
    assert not_allowed("ottoline", [Call("open_shop", {"door": 1})]) == ["open_shop has no parameter door"]
    mead = Call("sell", {"item": "flask of bochet mead", "count": 1})
    assert not_allowed("ottoline", [mead]) == ["sell asks for 1 of 0 flask of bochet mead"]
    assert not_allowed("ottoline", [Call("sell", {"item": "straw skep"})]) == ["sell lacks count"]
    assert not_allowed("ottoline", [Call("sell", {"item": "cow", "count": 0})]) == [
        "sell takes no item 'cow'",
        "sell takes no count 0",
    ]


def test_figures() -> None:
    asked = [one for one in ALL if one.npc == "ottoline"]
    said = {one.number: [Said("", (Call(one.call, one.arguments),) if one.call else ())] for one in asked}
    found = of_requests(asked, said)
    assert (found["right_calls"], found["rightly_no_call"]) == (found["wanted"], found["unwanted"])
    assert found["not_allowed"] == 0
    wrong = {one.number: [Said("", (Call("lend_veil"),))] for one in asked}
    assert of_requests(asked, wrong)["not_allowed"] == len(asked) - 1, "a friend may have it"


def test_wilson() -> None:
    assert interval(98, 100) == pytest.approx([0.9300, 0.9945], abs=1e-3)
    assert interval(0, 0) == [0.0, 1.0]
