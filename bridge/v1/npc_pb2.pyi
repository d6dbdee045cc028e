from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NpcActionPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NPC_ACTION_POLICY_UNSPECIFIED: _ClassVar[NpcActionPolicy]
    NPC_ACTION_POLICY_QUEUE: _ClassVar[NpcActionPolicy]
    NPC_ACTION_POLICY_REPLACE: _ClassVar[NpcActionPolicy]
    NPC_ACTION_POLICY_DROP: _ClassVar[NpcActionPolicy]

class Emotion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EMOTION_UNSPECIFIED: _ClassVar[Emotion]
    EMOTION_NEUTRAL: _ClassVar[Emotion]
    EMOTION_JOY: _ClassVar[Emotion]
    EMOTION_SADNESS: _ClassVar[Emotion]
    EMOTION_ANGER: _ClassVar[Emotion]
    EMOTION_FEAR: _ClassVar[Emotion]
    EMOTION_SURPRISE: _ClassVar[Emotion]
    EMOTION_DISGUST: _ClassVar[Emotion]

class SentenceStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SENTENCE_STAGE_UNSPECIFIED: _ClassVar[SentenceStage]
    SENTENCE_STAGE_AUTHORED: _ClassVar[SentenceStage]
    SENTENCE_STAGE_FREE: _ClassVar[SentenceStage]
    SENTENCE_STAGE_CALCULATION: _ClassVar[SentenceStage]
    SENTENCE_STAGE_REFUSAL: _ClassVar[SentenceStage]
    SENTENCE_STAGE_SAFE_LINE: _ClassVar[SentenceStage]
    SENTENCE_STAGE_MODERATION: _ClassVar[SentenceStage]

class ModerationOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODERATION_OUTCOME_UNSPECIFIED: _ClassVar[ModerationOutcome]
    MODERATION_OUTCOME_PASS: _ClassVar[ModerationOutcome]
    MODERATION_OUTCOME_MARK: _ClassVar[ModerationOutcome]
    MODERATION_OUTCOME_HOLD: _ClassVar[ModerationOutcome]

class ActionEnding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTION_ENDING_UNSPECIFIED: _ClassVar[ActionEnding]
    ACTION_ENDING_TIMEOUT: _ClassVar[ActionEnding]
    ACTION_ENDING_INTERRUPTED: _ClassVar[ActionEnding]
    ACTION_ENDING_REPLACED: _ClassVar[ActionEnding]
NPC_ACTION_POLICY_UNSPECIFIED: NpcActionPolicy
NPC_ACTION_POLICY_QUEUE: NpcActionPolicy
NPC_ACTION_POLICY_REPLACE: NpcActionPolicy
NPC_ACTION_POLICY_DROP: NpcActionPolicy
EMOTION_UNSPECIFIED: Emotion
EMOTION_NEUTRAL: Emotion
EMOTION_JOY: Emotion
EMOTION_SADNESS: Emotion
EMOTION_ANGER: Emotion
EMOTION_FEAR: Emotion
EMOTION_SURPRISE: Emotion
EMOTION_DISGUST: Emotion
SENTENCE_STAGE_UNSPECIFIED: SentenceStage
SENTENCE_STAGE_AUTHORED: SentenceStage
SENTENCE_STAGE_FREE: SentenceStage
SENTENCE_STAGE_CALCULATION: SentenceStage
SENTENCE_STAGE_REFUSAL: SentenceStage
SENTENCE_STAGE_SAFE_LINE: SentenceStage
SENTENCE_STAGE_MODERATION: SentenceStage
MODERATION_OUTCOME_UNSPECIFIED: ModerationOutcome
MODERATION_OUTCOME_PASS: ModerationOutcome
MODERATION_OUTCOME_MARK: ModerationOutcome
MODERATION_OUTCOME_HOLD: ModerationOutcome
ACTION_ENDING_UNSPECIFIED: ActionEnding
ACTION_ENDING_TIMEOUT: ActionEnding
ACTION_ENDING_INTERRUPTED: ActionEnding
ACTION_ENDING_REPLACED: ActionEnding

class Npc(_message.Message):
    __slots__ = ("id", "name", "trade", "place", "persona", "style", "voice", "goals", "currency", "currency_plural", "wares", "rates", "hours", "relations", "rules", "facts", "lore", "lines", "actions", "refusals")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TRADE_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    PERSONA_FIELD_NUMBER: _ClassVar[int]
    STYLE_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    GOALS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_PLURAL_FIELD_NUMBER: _ClassVar[int]
    WARES_FIELD_NUMBER: _ClassVar[int]
    RATES_FIELD_NUMBER: _ClassVar[int]
    HOURS_FIELD_NUMBER: _ClassVar[int]
    RELATIONS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    LORE_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    trade: str
    place: str
    persona: str
    style: str
    voice: str
    goals: _containers.RepeatedScalarFieldContainer[str]
    currency: str
    currency_plural: str
    wares: _containers.RepeatedCompositeFieldContainer[NpcWare]
    rates: _containers.RepeatedCompositeFieldContainer[NpcRate]
    hours: _containers.RepeatedCompositeFieldContainer[NpcHours]
    relations: _containers.RepeatedCompositeFieldContainer[NpcRelation]
    rules: _containers.RepeatedCompositeFieldContainer[NpcRule]
    facts: _containers.RepeatedCompositeFieldContainer[NpcFact]
    lore: _containers.RepeatedCompositeFieldContainer[NpcLore]
    lines: _containers.RepeatedCompositeFieldContainer[NpcLine]
    actions: _containers.RepeatedCompositeFieldContainer[NpcAction]
    refusals: _containers.RepeatedCompositeFieldContainer[NpcRefusal]
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., trade: _Optional[str] = ..., place: _Optional[str] = ..., persona: _Optional[str] = ..., style: _Optional[str] = ..., voice: _Optional[str] = ..., goals: _Optional[_Iterable[str]] = ..., currency: _Optional[str] = ..., currency_plural: _Optional[str] = ..., wares: _Optional[_Iterable[_Union[NpcWare, _Mapping]]] = ..., rates: _Optional[_Iterable[_Union[NpcRate, _Mapping]]] = ..., hours: _Optional[_Iterable[_Union[NpcHours, _Mapping]]] = ..., relations: _Optional[_Iterable[_Union[NpcRelation, _Mapping]]] = ..., rules: _Optional[_Iterable[_Union[NpcRule, _Mapping]]] = ..., facts: _Optional[_Iterable[_Union[NpcFact, _Mapping]]] = ..., lore: _Optional[_Iterable[_Union[NpcLore, _Mapping]]] = ..., lines: _Optional[_Iterable[_Union[NpcLine, _Mapping]]] = ..., actions: _Optional[_Iterable[_Union[NpcAction, _Mapping]]] = ..., refusals: _Optional[_Iterable[_Union[NpcRefusal, _Mapping]]] = ...) -> None: ...

class NpcWare(_message.Message):
    __slots__ = ("item", "plural", "unit", "price_hundredths", "currency", "currency_plural", "stock")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    PLURAL_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    PRICE_HUNDREDTHS_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_PLURAL_FIELD_NUMBER: _ClassVar[int]
    STOCK_FIELD_NUMBER: _ClassVar[int]
    item: str
    plural: str
    unit: str
    price_hundredths: int
    currency: str
    currency_plural: str
    stock: int
    def __init__(self, item: _Optional[str] = ..., plural: _Optional[str] = ..., unit: _Optional[str] = ..., price_hundredths: _Optional[int] = ..., currency: _Optional[str] = ..., currency_plural: _Optional[str] = ..., stock: _Optional[int] = ...) -> None: ...

class NpcRate(_message.Message):
    __slots__ = ("one", "one_plural", "worth_hundredths", "of", "of_plural")
    ONE_FIELD_NUMBER: _ClassVar[int]
    ONE_PLURAL_FIELD_NUMBER: _ClassVar[int]
    WORTH_HUNDREDTHS_FIELD_NUMBER: _ClassVar[int]
    OF_FIELD_NUMBER: _ClassVar[int]
    OF_PLURAL_FIELD_NUMBER: _ClassVar[int]
    one: str
    one_plural: str
    worth_hundredths: int
    of: str
    of_plural: str
    def __init__(self, one: _Optional[str] = ..., one_plural: _Optional[str] = ..., worth_hundredths: _Optional[int] = ..., of: _Optional[str] = ..., of_plural: _Optional[str] = ...) -> None: ...

class NpcHours(_message.Message):
    __slots__ = ("what", "opens", "closes", "closed", "why", "plural")
    WHAT_FIELD_NUMBER: _ClassVar[int]
    OPENS_FIELD_NUMBER: _ClassVar[int]
    CLOSES_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    PLURAL_FIELD_NUMBER: _ClassVar[int]
    what: str
    opens: str
    closes: str
    closed: _containers.RepeatedScalarFieldContainer[str]
    why: str
    plural: bool
    def __init__(self, what: _Optional[str] = ..., opens: _Optional[str] = ..., closes: _Optional[str] = ..., closed: _Optional[_Iterable[str]] = ..., why: _Optional[str] = ..., plural: _Optional[bool] = ...) -> None: ...

class NpcRelation(_message.Message):
    __slots__ = ("who", "role", "note")
    WHO_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    who: str
    role: str
    note: str
    def __init__(self, who: _Optional[str] = ..., role: _Optional[str] = ..., note: _Optional[str] = ...) -> None: ...

class NpcRule(_message.Message):
    __slots__ = ("rule", "who", "why")
    RULE_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    rule: str
    who: _containers.RepeatedScalarFieldContainer[str]
    why: str
    def __init__(self, rule: _Optional[str] = ..., who: _Optional[_Iterable[str]] = ..., why: _Optional[str] = ...) -> None: ...

class NpcFact(_message.Message):
    __slots__ = ("about", "text")
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    about: str
    text: str
    def __init__(self, about: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class NpcLore(_message.Message):
    __slots__ = ("title", "text")
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    title: str
    text: str
    def __init__(self, title: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class NpcLine(_message.Message):
    __slots__ = ("intent", "examples", "say")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    SAY_FIELD_NUMBER: _ClassVar[int]
    intent: str
    examples: _containers.RepeatedScalarFieldContainer[str]
    say: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, intent: _Optional[str] = ..., examples: _Optional[_Iterable[str]] = ..., say: _Optional[_Iterable[str]] = ...) -> None: ...

class NpcAction(_message.Message):
    __slots__ = ("name", "description", "parameters_json", "who", "examples", "timeout_micros", "policy")
    NAME_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_JSON_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MICROS_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    name: str
    description: str
    parameters_json: str
    who: _containers.RepeatedScalarFieldContainer[str]
    examples: _containers.RepeatedScalarFieldContainer[str]
    timeout_micros: int
    policy: NpcActionPolicy
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., parameters_json: _Optional[str] = ..., who: _Optional[_Iterable[str]] = ..., examples: _Optional[_Iterable[str]] = ..., timeout_micros: _Optional[int] = ..., policy: _Optional[_Union[NpcActionPolicy, str]] = ...) -> None: ...

class NpcRefusal(_message.Message):
    __slots__ = ("topic", "examples", "say")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    SAY_FIELD_NUMBER: _ClassVar[int]
    topic: str
    examples: _containers.RepeatedScalarFieldContainer[str]
    say: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, topic: _Optional[str] = ..., examples: _Optional[_Iterable[str]] = ..., say: _Optional[_Iterable[str]] = ...) -> None: ...

class NpcPlayer(_message.Message):
    __slots__ = ("name", "roles")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    name: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, name: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ...) -> None: ...

class SentenceTrace(_message.Message):
    __slots__ = ("stage", "sources")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    stage: SentenceStage
    sources: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, stage: _Optional[_Union[SentenceStage, str]] = ..., sources: _Optional[_Iterable[str]] = ...) -> None: ...

class KnownFact(_message.Message):
    __slots__ = ("text", "source", "similarity")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    text: str
    source: str
    similarity: float
    def __init__(self, text: _Optional[str] = ..., source: _Optional[str] = ..., similarity: _Optional[float] = ...) -> None: ...

class RejectedSentence(_message.Message):
    __slots__ = ("text", "reason", "regenerated")
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REGENERATED_FIELD_NUMBER: _ClassVar[int]
    text: str
    reason: str
    regenerated: bool
    def __init__(self, text: _Optional[str] = ..., reason: _Optional[str] = ..., regenerated: _Optional[bool] = ...) -> None: ...

class TurnTrace(_message.Message):
    __slots__ = ("intent", "similarity", "nearest", "known", "rejected")
    INTENT_FIELD_NUMBER: _ClassVar[int]
    SIMILARITY_FIELD_NUMBER: _ClassVar[int]
    NEAREST_FIELD_NUMBER: _ClassVar[int]
    KNOWN_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    intent: str
    similarity: float
    nearest: str
    known: _containers.RepeatedCompositeFieldContainer[KnownFact]
    rejected: _containers.RepeatedCompositeFieldContainer[RejectedSentence]
    def __init__(self, intent: _Optional[str] = ..., similarity: _Optional[float] = ..., nearest: _Optional[str] = ..., known: _Optional[_Iterable[_Union[KnownFact, _Mapping]]] = ..., rejected: _Optional[_Iterable[_Union[RejectedSentence, _Mapping]]] = ...) -> None: ...

class Moderated(_message.Message):
    __slots__ = ("outcome", "score", "reasons")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    outcome: ModerationOutcome
    score: float
    reasons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, outcome: _Optional[_Union[ModerationOutcome, str]] = ..., score: _Optional[float] = ..., reasons: _Optional[_Iterable[str]] = ...) -> None: ...

class TurnAction(_message.Message):
    __slots__ = ("call_id", "name", "arguments_json", "timeout_micros")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_JSON_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MICROS_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    name: str
    arguments_json: str
    timeout_micros: int
    def __init__(self, call_id: _Optional[str] = ..., name: _Optional[str] = ..., arguments_json: _Optional[str] = ..., timeout_micros: _Optional[int] = ...) -> None: ...

class TurnActionEnded(_message.Message):
    __slots__ = ("call_id", "ending")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    ENDING_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    ending: ActionEnding
    def __init__(self, call_id: _Optional[str] = ..., ending: _Optional[_Union[ActionEnding, str]] = ...) -> None: ...

class ActionResult(_message.Message):
    __slots__ = ("conversation_id", "call_id", "result_json", "error")
    CONVERSATION_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_JSON_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    conversation_id: str
    call_id: str
    result_json: str
    error: str
    def __init__(self, conversation_id: _Optional[str] = ..., call_id: _Optional[str] = ..., result_json: _Optional[str] = ..., error: _Optional[str] = ...) -> None: ...
