"""How a client wants a reply sampled: the two forms of the contract, as a model's own sampling.

`Sampling` replaces all of the model's defaults. `SamplingChanges` replaces what is present in it.
"""

from collections.abc import Mapping
from typing import Any

from bridge.errors import InvalidRequest, OutOfRange
from bridge.v1 import dialogue_pb2
from bridge.wire.bounds import within

_NUMBERS = ("temperature", "top_p", "repetition_penalty", "seed", "max_new_tokens")


def sampling_of(
    message: dialogue_pb2.ConverseSay, processor: Any, most_tokens: int, usual: Mapping[str, Any] | None = None
) -> Any:
    """What the model's processor makes of the settings by name; of none, where the client leaves all to the model.

    `usual` are settings in place of the model's own, where the client says nothing. `most_tokens` is the longest
    reply that can be asked for. Raises OutOfRange for a value that no model takes, and InvalidRequest for settings in
    both forms, and for a form of the reply that cannot be one.
    """
    whole, changes = message.HasField("sampling"), message.HasField("sampling_changes")
    if whole and changes:
        raise InvalidRequest("both sampling and sampling_changes are set; send one of them, best sampling_changes")
    settings: dict[str, Any] = dict(usual or {})
    if whole:
        settings = _whole(message.sampling, most_tokens)
    elif changes:
        settings |= _changes(message.sampling_changes, most_tokens)
    if message.HasField("form"):
        settings["grammar"] = _grammar(message.form, processor)
    try:
        return processor.sampling(**settings)
    except ValueError as error:
        raise OutOfRange(str(error)) from error


def _grammar(form: dialogue_pb2.ReplyForm, processor: Any) -> Any:
    kind = form.WhichOneof("form")
    if kind is None:
        raise InvalidRequest("the form of the reply is empty; set json_schema, regex or lark, or leave it out")
    try:
        return processor.grammar(kind, getattr(form, kind))
    except processor.wrong as error:
        raise InvalidRequest(str(error)) from error


def _whole(wanted: dialogue_pb2.Sampling, most_tokens: int) -> dict[str, Any]:
    """All settings, but for the length where it is 0."""
    within("max_new_tokens", wanted.max_new_tokens, 0, most_tokens)
    settings = {name: getattr(wanted, name) for name in _NUMBERS}
    if not wanted.max_new_tokens:
        del settings["max_new_tokens"]
    return _checked({**settings, "stop": tuple(wanted.stop)})


def _changes(wanted: dialogue_pb2.SamplingChanges, most_tokens: int) -> dict[str, Any]:
    """The settings that are present."""
    settings = {name: getattr(wanted, name) for name in _NUMBERS if wanted.HasField(name)}
    if "max_new_tokens" in settings:
        within("max_new_tokens", settings["max_new_tokens"], 1, most_tokens)
    return _checked({**settings, "stop": tuple(wanted.stop)} if wanted.stop else settings)


def _checked(settings: dict[str, Any]) -> dict[str, Any]:
    """Refuse numbers that no model takes, by the names and the precision in which they were sent."""
    for name, least, most in (("temperature", 0, 5), ("repetition_penalty", 0.5, 5)):
        if name in settings:
            within(name, settings[name], least, most)
    if not 0 < settings.get("top_p", 1) <= 1:
        raise OutOfRange(f"top_p is {settings['top_p']:g}; send a value above 0, up to 1")
    return settings
