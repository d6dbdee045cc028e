from bridge.v1 import bundle_pb2 as _bundle_pb2
from bridge.v1 import error_pb2 as _error_pb2
from bridge.v1 import npc_pb2 as _npc_pb2
from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TurnFinish(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TURN_FINISH_UNSPECIFIED: _ClassVar[TurnFinish]
    TURN_FINISH_END: _ClassVar[TurnFinish]
    TURN_FINISH_STOP: _ClassVar[TurnFinish]
    TURN_FINISH_LENGTH: _ClassVar[TurnFinish]
    TURN_FINISH_INTERRUPTED: _ClassVar[TurnFinish]
    TURN_FINISH_FAILED: _ClassVar[TurnFinish]
TURN_FINISH_UNSPECIFIED: TurnFinish
TURN_FINISH_END: TurnFinish
TURN_FINISH_STOP: TurnFinish
TURN_FINISH_LENGTH: TurnFinish
TURN_FINISH_INTERRUPTED: TurnFinish
TURN_FINISH_FAILED: TurnFinish

class Sampling(_message.Message):
    __slots__ = ("temperature", "top_p", "repetition_penalty", "seed", "max_new_tokens", "stop")
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    TOP_P_FIELD_NUMBER: _ClassVar[int]
    REPETITION_PENALTY_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    MAX_NEW_TOKENS_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    temperature: float
    top_p: float
    repetition_penalty: float
    seed: int
    max_new_tokens: int
    stop: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, temperature: _Optional[float] = ..., top_p: _Optional[float] = ..., repetition_penalty: _Optional[float] = ..., seed: _Optional[int] = ..., max_new_tokens: _Optional[int] = ..., stop: _Optional[_Iterable[str]] = ...) -> None: ...

class SamplingChanges(_message.Message):
    __slots__ = ("temperature", "top_p", "repetition_penalty", "seed", "max_new_tokens", "stop")
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    TOP_P_FIELD_NUMBER: _ClassVar[int]
    REPETITION_PENALTY_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    MAX_NEW_TOKENS_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    temperature: float
    top_p: float
    repetition_penalty: float
    seed: int
    max_new_tokens: int
    stop: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, temperature: _Optional[float] = ..., top_p: _Optional[float] = ..., repetition_penalty: _Optional[float] = ..., seed: _Optional[int] = ..., max_new_tokens: _Optional[int] = ..., stop: _Optional[_Iterable[str]] = ...) -> None: ...

class ConverseLine(_message.Message):
    __slots__ = ("player", "character")
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    CHARACTER_FIELD_NUMBER: _ClassVar[int]
    player: str
    character: str
    def __init__(self, player: _Optional[str] = ..., character: _Optional[str] = ...) -> None: ...

class ConverseHistory(_message.Message):
    __slots__ = ("lines",)
    LINES_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[ConverseLine]
    def __init__(self, lines: _Optional[_Iterable[_Union[ConverseLine, _Mapping]]] = ...) -> None: ...

class ConverseRequest(_message.Message):
    __slots__ = ("open", "say", "interrupt", "forget", "bundle", "action_result")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    SAY_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    FORGET_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ACTION_RESULT_FIELD_NUMBER: _ClassVar[int]
    open: ConverseOpen
    say: ConverseSay
    interrupt: ConverseInterrupt
    forget: ConverseForget
    bundle: _bundle_pb2.Bundle
    action_result: _npc_pb2.ActionResult
    def __init__(self, open: _Optional[_Union[ConverseOpen, _Mapping]] = ..., say: _Optional[_Union[ConverseSay, _Mapping]] = ..., interrupt: _Optional[_Union[ConverseInterrupt, _Mapping]] = ..., forget: _Optional[_Union[ConverseForget, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ..., action_result: _Optional[_Union[_npc_pb2.ActionResult, _Mapping]] = ...) -> None: ...

class ConverseOpen(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class ReplyForm(_message.Message):
    __slots__ = ("json_schema", "regex", "lark")
    JSON_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    REGEX_FIELD_NUMBER: _ClassVar[int]
    LARK_FIELD_NUMBER: _ClassVar[int]
    json_schema: str
    regex: str
    lark: str
    def __init__(self, json_schema: _Optional[str] = ..., regex: _Optional[str] = ..., lark: _Optional[str] = ...) -> None: ...

class ConverseSay(_message.Message):
    __slots__ = ("conversation_id", "turn_id", "text", "persona", "sampling", "budget", "pace_micros", "history", "sampling_changes", "whole_sentences", "form", "npc_id", "npc", "player", "memories", "wants_trace")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PERSONA_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    PACE_MICROS_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_CHANGES_FIELD_NUMBER: _ClassVar[int]
    WHOLE_SENTENCES_FIELD_NUMBER: _ClassVar[int]
    FORM_FIELD_NUMBER: _ClassVar[int]
    NPC_ID_FIELD_NUMBER: _ClassVar[int]
    NPC_FIELD_NUMBER: _ClassVar[int]
    PLAYER_FIELD_NUMBER: _ClassVar[int]
    MEMORIES_FIELD_NUMBER: _ClassVar[int]
    WANTS_TRACE_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    turn_id: int
    text: str
    persona: str
    sampling: Sampling
    budget: _timing_pb2.Budget
    pace_micros: int
    history: ConverseHistory
    sampling_changes: SamplingChanges
    whole_sentences: bool
    form: ReplyForm
    npc_id: str
    npc: _npc_pb2.Npc
    player: _npc_pb2.NpcPlayer
    memories: _containers.RepeatedScalarFieldContainer[str]
    wants_trace: bool
    def __init__(self, conversation_id: _Optional[str] = ..., turn_id: _Optional[int] = ..., text: _Optional[str] = ..., persona: _Optional[str] = ..., sampling: _Optional[_Union[Sampling, _Mapping]] = ..., budget: _Optional[_Union[_timing_pb2.Budget, _Mapping]] = ..., pace_micros: _Optional[int] = ..., history: _Optional[_Union[ConverseHistory, _Mapping]] = ..., sampling_changes: _Optional[_Union[SamplingChanges, _Mapping]] = ..., whole_sentences: _Optional[bool] = ..., form: _Optional[_Union[ReplyForm, _Mapping]] = ..., npc_id: _Optional[str] = ..., npc: _Optional[_Union[_npc_pb2.Npc, _Mapping]] = ..., player: _Optional[_Union[_npc_pb2.NpcPlayer, _Mapping]] = ..., memories: _Optional[_Iterable[str]] = ..., wants_trace: _Optional[bool] = ...) -> None: ...

class ConverseInterrupt(_message.Message):
    __slots__ = ("conversation_id", "turn_id", "heard")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    HEARD_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    turn_id: int
    heard: int
    def __init__(self, conversation_id: _Optional[str] = ..., turn_id: _Optional[int] = ..., heard: _Optional[int] = ...) -> None: ...

class ConverseForget(_message.Message):
    __slots__ = ("conversation_id",)
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    def __init__(self, conversation_id: _Optional[str] = ...) -> None: ...

class ConverseResponse(_message.Message):
    __slots__ = ("conversation_id", "turn_id", "opened", "started", "token", "sentence", "done", "bundle", "history_cut", "action", "action_ended", "trace")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    TURN_ID_FIELD_NUMBER: _ClassVar[int]
    OPENED_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    SENTENCE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    HISTORY_CUT_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    ACTION_ENDED_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    turn_id: int
    opened: ConverseOpened
    started: TurnStarted
    token: TurnToken
    sentence: TurnSentence
    done: TurnDone
    bundle: _bundle_pb2.Bundle
    history_cut: TurnHistoryCut
    action: _npc_pb2.TurnAction
    action_ended: _npc_pb2.TurnActionEnded
    trace: _npc_pb2.TurnTrace
    def __init__(self, conversation_id: _Optional[str] = ..., turn_id: _Optional[int] = ..., opened: _Optional[_Union[ConverseOpened, _Mapping]] = ..., started: _Optional[_Union[TurnStarted, _Mapping]] = ..., token: _Optional[_Union[TurnToken, _Mapping]] = ..., sentence: _Optional[_Union[TurnSentence, _Mapping]] = ..., done: _Optional[_Union[TurnDone, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ..., history_cut: _Optional[_Union[TurnHistoryCut, _Mapping]] = ..., action: _Optional[_Union[_npc_pb2.TurnAction, _Mapping]] = ..., action_ended: _Optional[_Union[_npc_pb2.TurnActionEnded, _Mapping]] = ..., trace: _Optional[_Union[_npc_pb2.TurnTrace, _Mapping]] = ...) -> None: ...

class ConverseOpened(_message.Message):
    __slots__ = ("conversation_ids",)
    CONVERSATION_IDS_FIELD_NUMBER: _ClassVar[int]
    conversation_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, conversation_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class TurnStarted(_message.Message):
    __slots__ = ("prompt_tokens",)
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    prompt_tokens: int
    def __init__(self, prompt_tokens: _Optional[int] = ...) -> None: ...

class TurnHistoryCut(_message.Message):
    __slots__ = ("dropped_line_count", "kept_line_count")
    DROPPED_LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    KEPT_LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    dropped_line_count: int
    kept_line_count: int
    def __init__(self, dropped_line_count: _Optional[int] = ..., kept_line_count: _Optional[int] = ...) -> None: ...

class TurnToken(_message.Message):
    __slots__ = ("text", "late")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    LATE_FIELD_NUMBER: _ClassVar[int]
    text: str
    late: bool
    def __init__(self, text: _Optional[str] = ..., late: _Optional[bool] = ...) -> None: ...

class TurnSentence(_message.Message):
    __slots__ = ("text", "index", "start", "end", "emotion", "intensity", "trace")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    EMOTION_FIELD_NUMBER: _ClassVar[int]
    INTENSITY_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    text: str
    index: int
    start: int
    end: int
    emotion: _npc_pb2.Emotion
    intensity: float
    trace: _npc_pb2.SentenceTrace
    def __init__(self, text: _Optional[str] = ..., index: _Optional[int] = ..., start: _Optional[int] = ..., end: _Optional[int] = ..., emotion: _Optional[_Union[_npc_pb2.Emotion, str]] = ..., intensity: _Optional[float] = ..., trace: _Optional[_Union[_npc_pb2.SentenceTrace, _Mapping]] = ...) -> None: ...

class TurnDone(_message.Message):
    __slots__ = ("finish", "text", "prompt_tokens", "cached_tokens", "reply_tokens", "late_count", "first_token_micros", "timing", "outcome", "cut_text", "history_line_count", "prompt_compute_micros", "moderation")
    FINISH_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REPLY_TOKENS_FIELD_NUMBER: _ClassVar[int]
    LATE_COUNT_FIELD_NUMBER: _ClassVar[int]
    FIRST_TOKEN_MICROS_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CUT_TEXT_FIELD_NUMBER: _ClassVar[int]
    HISTORY_LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_COMPUTE_MICROS_FIELD_NUMBER: _ClassVar[int]
    MODERATION_FIELD_NUMBER: _ClassVar[int]
    finish: TurnFinish
    text: str
    prompt_tokens: int
    cached_tokens: int
    reply_tokens: int
    late_count: int
    first_token_micros: int
    timing: _timing_pb2.Timing
    outcome: _error_pb2.Outcome
    cut_text: str
    history_line_count: int
    prompt_compute_micros: int
    moderation: _npc_pb2.Moderated
    def __init__(self, finish: _Optional[_Union[TurnFinish, str]] = ..., text: _Optional[str] = ..., prompt_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., reply_tokens: _Optional[int] = ..., late_count: _Optional[int] = ..., first_token_micros: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., outcome: _Optional[_Union[_error_pb2.Outcome, _Mapping]] = ..., cut_text: _Optional[str] = ..., history_line_count: _Optional[int] = ..., prompt_compute_micros: _Optional[int] = ..., moderation: _Optional[_Union[_npc_pb2.Moderated, _Mapping]] = ...) -> None: ...
