from bridge.v1 import bundle_pb2 as _bundle_pb2
from bridge.v1 import error_pb2 as _error_pb2
from bridge.v1 import media_pb2 as _media_pb2
from bridge.v1 import tensor_pb2 as _tensor_pb2
from bridge.v1 import timing_pb2 as _timing_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Capability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPABILITY_UNSPECIFIED: _ClassVar[Capability]
    CAPABILITY_AVATAR: _ClassVar[Capability]
    CAPABILITY_DIALOGUE: _ClassVar[Capability]
    CAPABILITY_RECOGNITION: _ClassVar[Capability]
    CAPABILITY_INFERENCE: _ClassVar[Capability]

class ModelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MODEL_STATE_UNSPECIFIED: _ClassVar[ModelState]
    MODEL_STATE_UNLOADED: _ClassVar[ModelState]
    MODEL_STATE_LOADING: _ClassVar[ModelState]
    MODEL_STATE_READY: _ClassVar[ModelState]
    MODEL_STATE_UNLOADING: _ClassVar[ModelState]
    MODEL_STATE_FAILED: _ClassVar[ModelState]
CAPABILITY_UNSPECIFIED: Capability
CAPABILITY_AVATAR: Capability
CAPABILITY_DIALOGUE: Capability
CAPABILITY_RECOGNITION: Capability
CAPABILITY_INFERENCE: Capability
MODEL_STATE_UNSPECIFIED: ModelState
MODEL_STATE_UNLOADED: ModelState
MODEL_STATE_LOADING: ModelState
MODEL_STATE_READY: ModelState
MODEL_STATE_UNLOADING: ModelState
MODEL_STATE_FAILED: ModelState

class ProtocolVersion(_message.Message):
    __slots__ = ("major", "minor")
    MAJOR_FIELD_NUMBER: _ClassVar[int]
    MINOR_FIELD_NUMBER: _ClassVar[int]
    major: int
    minor: int
    def __init__(self, major: _Optional[int] = ..., minor: _Optional[int] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ("name", "capability", "state", "version", "resident_bytes", "detail", "rungs", "rung_details", "inputs", "outputs", "max_batch", "default_budget_micros")
    NAME_FIELD_NUMBER: _ClassVar[int]
    CAPABILITY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    RUNGS_FIELD_NUMBER: _ClassVar[int]
    RUNG_DETAILS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    name: str
    capability: Capability
    state: ModelState
    version: str
    resident_bytes: int
    detail: str
    rungs: _containers.RepeatedScalarFieldContainer[str]
    rung_details: _containers.RepeatedCompositeFieldContainer[Rung]
    inputs: _containers.RepeatedCompositeFieldContainer[_tensor_pb2.TensorSpec]
    outputs: _containers.RepeatedCompositeFieldContainer[_tensor_pb2.TensorSpec]
    max_batch: int
    default_budget_micros: int
    def __init__(self, name: _Optional[str] = ..., capability: _Optional[_Union[Capability, str]] = ..., state: _Optional[_Union[ModelState, str]] = ..., version: _Optional[str] = ..., resident_bytes: _Optional[int] = ..., detail: _Optional[str] = ..., rungs: _Optional[_Iterable[str]] = ..., rung_details: _Optional[_Iterable[_Union[Rung, _Mapping]]] = ..., inputs: _Optional[_Iterable[_Union[_tensor_pb2.TensorSpec, _Mapping]]] = ..., outputs: _Optional[_Iterable[_Union[_tensor_pb2.TensorSpec, _Mapping]]] = ..., max_batch: _Optional[int] = ..., default_budget_micros: _Optional[int] = ...) -> None: ...

class Rung(_message.Message):
    __slots__ = ("name", "width", "height", "needs_device", "cheaper_format")
    NAME_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEEDS_DEVICE_FIELD_NUMBER: _ClassVar[int]
    CHEAPER_FORMAT_FIELD_NUMBER: _ClassVar[int]
    name: str
    width: int
    height: int
    needs_device: bool
    cheaper_format: bool
    def __init__(self, name: _Optional[str] = ..., width: _Optional[int] = ..., height: _Optional[int] = ..., needs_device: _Optional[bool] = ..., cheaper_format: _Optional[bool] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ("max_message_bytes", "max_image_bytes", "max_image_pixels", "max_concurrent_decodes", "max_streams_per_session", "max_slots_per_stream", "max_conversations_per_session", "max_unacknowledged_frames", "max_pose_bytes", "max_text_bytes", "max_context_tokens", "max_budget_micros", "max_chunk_bytes", "max_image_side", "max_image_scans", "max_waiting_image_bytes", "max_tensor_bytes", "max_infer_message_bytes", "max_waiting_tensor_bytes", "max_open_inferences", "max_history_bytes", "max_history_lines", "max_npc_bytes", "max_action_result_bytes")
    MAX_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_PIXELS_FIELD_NUMBER: _ClassVar[int]
    MAX_CONCURRENT_DECODES_FIELD_NUMBER: _ClassVar[int]
    MAX_STREAMS_PER_SESSION_FIELD_NUMBER: _ClassVar[int]
    MAX_SLOTS_PER_STREAM_FIELD_NUMBER: _ClassVar[int]
    MAX_CONVERSATIONS_PER_SESSION_FIELD_NUMBER: _ClassVar[int]
    MAX_UNACKNOWLEDGED_FRAMES_FIELD_NUMBER: _ClassVar[int]
    MAX_POSE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_TEXT_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_CONTEXT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MAX_BUDGET_MICROS_FIELD_NUMBER: _ClassVar[int]
    MAX_CHUNK_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_SIDE_FIELD_NUMBER: _ClassVar[int]
    MAX_IMAGE_SCANS_FIELD_NUMBER: _ClassVar[int]
    MAX_WAITING_IMAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_TENSOR_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_INFER_MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_WAITING_TENSOR_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_OPEN_INFERENCES_FIELD_NUMBER: _ClassVar[int]
    MAX_HISTORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_HISTORY_LINES_FIELD_NUMBER: _ClassVar[int]
    MAX_NPC_BYTES_FIELD_NUMBER: _ClassVar[int]
    MAX_ACTION_RESULT_BYTES_FIELD_NUMBER: _ClassVar[int]
    max_message_bytes: int
    max_image_bytes: int
    max_image_pixels: int
    max_concurrent_decodes: int
    max_streams_per_session: int
    max_slots_per_stream: int
    max_conversations_per_session: int
    max_unacknowledged_frames: int
    max_pose_bytes: int
    max_text_bytes: int
    max_context_tokens: int
    max_budget_micros: int
    max_chunk_bytes: int
    max_image_side: int
    max_image_scans: int
    max_waiting_image_bytes: int
    max_tensor_bytes: int
    max_infer_message_bytes: int
    max_waiting_tensor_bytes: int
    max_open_inferences: int
    max_history_bytes: int
    max_history_lines: int
    max_npc_bytes: int
    max_action_result_bytes: int
    def __init__(self, max_message_bytes: _Optional[int] = ..., max_image_bytes: _Optional[int] = ..., max_image_pixels: _Optional[int] = ..., max_concurrent_decodes: _Optional[int] = ..., max_streams_per_session: _Optional[int] = ..., max_slots_per_stream: _Optional[int] = ..., max_conversations_per_session: _Optional[int] = ..., max_unacknowledged_frames: _Optional[int] = ..., max_pose_bytes: _Optional[int] = ..., max_text_bytes: _Optional[int] = ..., max_context_tokens: _Optional[int] = ..., max_budget_micros: _Optional[int] = ..., max_chunk_bytes: _Optional[int] = ..., max_image_side: _Optional[int] = ..., max_image_scans: _Optional[int] = ..., max_waiting_image_bytes: _Optional[int] = ..., max_tensor_bytes: _Optional[int] = ..., max_infer_message_bytes: _Optional[int] = ..., max_waiting_tensor_bytes: _Optional[int] = ..., max_open_inferences: _Optional[int] = ..., max_history_bytes: _Optional[int] = ..., max_history_lines: _Optional[int] = ..., max_npc_bytes: _Optional[int] = ..., max_action_result_bytes: _Optional[int] = ...) -> None: ...

class HandshakeRequest(_message.Message):
    __slots__ = ("protocol", "client_name", "client_version", "texture_formats", "texture_row_order", "resume_session_id", "wants_shared_memory", "wants_bundles")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    CLIENT_NAME_FIELD_NUMBER: _ClassVar[int]
    CLIENT_VERSION_FIELD_NUMBER: _ClassVar[int]
    TEXTURE_FORMATS_FIELD_NUMBER: _ClassVar[int]
    TEXTURE_ROW_ORDER_FIELD_NUMBER: _ClassVar[int]
    RESUME_SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    WANTS_SHARED_MEMORY_FIELD_NUMBER: _ClassVar[int]
    WANTS_BUNDLES_FIELD_NUMBER: _ClassVar[int]
    protocol: ProtocolVersion
    client_name: str
    client_version: str
    texture_formats: _containers.RepeatedScalarFieldContainer[_media_pb2.TextureFormat]
    texture_row_order: _media_pb2.RowOrder
    resume_session_id: str
    wants_shared_memory: bool
    wants_bundles: bool
    def __init__(self, protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ..., client_name: _Optional[str] = ..., client_version: _Optional[str] = ..., texture_formats: _Optional[_Iterable[_Union[_media_pb2.TextureFormat, str]]] = ..., texture_row_order: _Optional[_Union[_media_pb2.RowOrder, str]] = ..., resume_session_id: _Optional[str] = ..., wants_shared_memory: _Optional[bool] = ..., wants_bundles: _Optional[bool] = ...) -> None: ...

class SharedMemory(_message.Message):
    __slots__ = ("path", "size_bytes", "key")
    PATH_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    path: str
    size_bytes: int
    key: bytes
    def __init__(self, path: _Optional[str] = ..., size_bytes: _Optional[int] = ..., key: _Optional[bytes] = ...) -> None: ...

class HandshakeResponse(_message.Message):
    __slots__ = ("protocol", "server_version", "session_id", "resumed", "grace_micros", "capabilities", "models", "texture_formats", "limits", "shared_memory", "bundles")
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    SERVER_VERSION_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    RESUMED_FIELD_NUMBER: _ClassVar[int]
    GRACE_MICROS_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    TEXTURE_FORMATS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    SHARED_MEMORY_FIELD_NUMBER: _ClassVar[int]
    BUNDLES_FIELD_NUMBER: _ClassVar[int]
    protocol: ProtocolVersion
    server_version: str
    session_id: str
    resumed: bool
    grace_micros: int
    capabilities: _containers.RepeatedScalarFieldContainer[Capability]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    texture_formats: _containers.RepeatedScalarFieldContainer[_media_pb2.TextureFormat]
    limits: Limits
    shared_memory: SharedMemory
    bundles: bool
    def __init__(self, protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ..., server_version: _Optional[str] = ..., session_id: _Optional[str] = ..., resumed: _Optional[bool] = ..., grace_micros: _Optional[int] = ..., capabilities: _Optional[_Iterable[_Union[Capability, str]]] = ..., models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ..., texture_formats: _Optional[_Iterable[_Union[_media_pb2.TextureFormat, str]]] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., shared_memory: _Optional[_Union[SharedMemory, _Mapping]] = ..., bundles: _Optional[bool] = ...) -> None: ...

class EndSessionRequest(_message.Message):
    __slots__ = ("session_id",)
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    def __init__(self, session_id: _Optional[str] = ...) -> None: ...

class EndSessionResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PingRequest(_message.Message):
    __slots__ = ("nonce",)
    NONCE_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    def __init__(self, nonce: _Optional[int] = ...) -> None: ...

class PingResponse(_message.Message):
    __slots__ = ("nonce", "server_micros")
    NONCE_FIELD_NUMBER: _ClassVar[int]
    SERVER_MICROS_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    server_micros: int
    def __init__(self, nonce: _Optional[int] = ..., server_micros: _Optional[int] = ...) -> None: ...

class ProbeRequest(_message.Message):
    __slots__ = ("nonce", "bundle", "payload")
    NONCE_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    bundle: _bundle_pb2.Bundle
    payload: bytes
    def __init__(self, nonce: _Optional[int] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ..., payload: _Optional[bytes] = ...) -> None: ...

class ProbeResponse(_message.Message):
    __slots__ = ("nonce", "timing", "bundle", "error", "payload")
    NONCE_FIELD_NUMBER: _ClassVar[int]
    TIMING_FIELD_NUMBER: _ClassVar[int]
    BUNDLE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    PAYLOAD_FIELD_NUMBER: _ClassVar[int]
    nonce: int
    timing: _timing_pb2.Timing
    bundle: _bundle_pb2.Bundle
    error: _error_pb2.ErrorDetail
    payload: bytes
    def __init__(self, nonce: _Optional[int] = ..., timing: _Optional[_Union[_timing_pb2.Timing, _Mapping]] = ..., bundle: _Optional[_Union[_bundle_pb2.Bundle, _Mapping]] = ..., error: _Optional[_Union[_error_pb2.ErrorDetail, _Mapping]] = ..., payload: _Optional[bytes] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = ("protocol",)
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    protocol: ProtocolVersion
    def __init__(self, protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ...) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class WatchModelsRequest(_message.Message):
    __slots__ = ("protocol",)
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    protocol: ProtocolVersion
    def __init__(self, protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ...) -> None: ...

class WatchModelsResponse(_message.Message):
    __slots__ = ("models",)
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class LoadModelRequest(_message.Message):
    __slots__ = ("name", "protocol")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    name: str
    protocol: ProtocolVersion
    def __init__(self, name: _Optional[str] = ..., protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ...) -> None: ...

class LoadModelResponse(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: Model
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ...) -> None: ...

class UnloadModelRequest(_message.Message):
    __slots__ = ("name", "protocol")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    name: str
    protocol: ProtocolVersion
    def __init__(self, name: _Optional[str] = ..., protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ...) -> None: ...

class UnloadModelResponse(_message.Message):
    __slots__ = ("model",)
    MODEL_FIELD_NUMBER: _ClassVar[int]
    model: Model
    def __init__(self, model: _Optional[_Union[Model, _Mapping]] = ...) -> None: ...

class GetStatsRequest(_message.Message):
    __slots__ = ("protocol",)
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    protocol: ProtocolVersion
    def __init__(self, protocol: _Optional[_Union[ProtocolVersion, _Mapping]] = ...) -> None: ...

class StageCount(_message.Message):
    __slots__ = ("stage", "blocked_by", "count")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_BY_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    stage: _timing_pb2.Stage
    blocked_by: str
    count: int
    def __init__(self, stage: _Optional[_Union[_timing_pb2.Stage, str]] = ..., blocked_by: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class RungCount(_message.Message):
    __slots__ = ("rung", "count")
    RUNG_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    rung: str
    count: int
    def __init__(self, rung: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class ClientStats(_message.Message):
    __slots__ = ("session", "client_name", "work")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    CLIENT_NAME_FIELD_NUMBER: _ClassVar[int]
    WORK_FIELD_NUMBER: _ClassVar[int]
    session: str
    client_name: str
    work: _containers.RepeatedCompositeFieldContainer[WorkStats]
    def __init__(self, session: _Optional[str] = ..., client_name: _Optional[str] = ..., work: _Optional[_Iterable[_Union[WorkStats, _Mapping]]] = ...) -> None: ...

class WorkStats(_message.Message):
    __slots__ = ("name", "request_count", "in_budget_count", "superseded_count", "refused_count", "missed_count", "cancelled_count", "failed_count", "cheaper_count", "p50_micros", "p99_micros", "mean_batch", "device_micros", "late_stages", "rungs", "late_at_client_count", "repeated_count", "unchanged_count", "prompt_token_count", "cached_token_count", "reply_token_count", "npc")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    IN_BUDGET_COUNT_FIELD_NUMBER: _ClassVar[int]
    SUPERSEDED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    MISSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_COUNT_FIELD_NUMBER: _ClassVar[int]
    FAILED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHEAPER_COUNT_FIELD_NUMBER: _ClassVar[int]
    P50_MICROS_FIELD_NUMBER: _ClassVar[int]
    P99_MICROS_FIELD_NUMBER: _ClassVar[int]
    MEAN_BATCH_FIELD_NUMBER: _ClassVar[int]
    DEVICE_MICROS_FIELD_NUMBER: _ClassVar[int]
    LATE_STAGES_FIELD_NUMBER: _ClassVar[int]
    RUNGS_FIELD_NUMBER: _ClassVar[int]
    LATE_AT_CLIENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPEATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    CACHED_TOKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    REPLY_TOKEN_COUNT_FIELD_NUMBER: _ClassVar[int]
    NPC_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_count: int
    in_budget_count: int
    superseded_count: int
    refused_count: int
    missed_count: int
    cancelled_count: int
    failed_count: int
    cheaper_count: int
    p50_micros: int
    p99_micros: int
    mean_batch: float
    device_micros: int
    late_stages: _containers.RepeatedCompositeFieldContainer[StageCount]
    rungs: _containers.RepeatedCompositeFieldContainer[RungCount]
    late_at_client_count: int
    repeated_count: int
    unchanged_count: int
    prompt_token_count: int
    cached_token_count: int
    reply_token_count: int
    npc: NpcStats
    def __init__(self, name: _Optional[str] = ..., request_count: _Optional[int] = ..., in_budget_count: _Optional[int] = ..., superseded_count: _Optional[int] = ..., refused_count: _Optional[int] = ..., missed_count: _Optional[int] = ..., cancelled_count: _Optional[int] = ..., failed_count: _Optional[int] = ..., cheaper_count: _Optional[int] = ..., p50_micros: _Optional[int] = ..., p99_micros: _Optional[int] = ..., mean_batch: _Optional[float] = ..., device_micros: _Optional[int] = ..., late_stages: _Optional[_Iterable[_Union[StageCount, _Mapping]]] = ..., rungs: _Optional[_Iterable[_Union[RungCount, _Mapping]]] = ..., late_at_client_count: _Optional[int] = ..., repeated_count: _Optional[int] = ..., unchanged_count: _Optional[int] = ..., prompt_token_count: _Optional[int] = ..., cached_token_count: _Optional[int] = ..., reply_token_count: _Optional[int] = ..., npc: _Optional[_Union[NpcStats, _Mapping]] = ...) -> None: ...

class NpcStats(_message.Message):
    __slots__ = ("sentence_count", "authored_count", "rejected_count", "regenerated_count", "safe_line_count", "action_count", "action_timeout_count", "held_input_count", "marked_input_count", "held_output_count")
    SENTENCE_COUNT_FIELD_NUMBER: _ClassVar[int]
    AUTHORED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REJECTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REGENERATED_COUNT_FIELD_NUMBER: _ClassVar[int]
    SAFE_LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACTION_TIMEOUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HELD_INPUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    MARKED_INPUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    HELD_OUTPUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    sentence_count: int
    authored_count: int
    rejected_count: int
    regenerated_count: int
    safe_line_count: int
    action_count: int
    action_timeout_count: int
    held_input_count: int
    marked_input_count: int
    held_output_count: int
    def __init__(self, sentence_count: _Optional[int] = ..., authored_count: _Optional[int] = ..., rejected_count: _Optional[int] = ..., regenerated_count: _Optional[int] = ..., safe_line_count: _Optional[int] = ..., action_count: _Optional[int] = ..., action_timeout_count: _Optional[int] = ..., held_input_count: _Optional[int] = ..., marked_input_count: _Optional[int] = ..., held_output_count: _Optional[int] = ...) -> None: ...

class GetStatsResponse(_message.Message):
    __slots__ = ("uptime_micros", "ready_micros", "session_count", "stream_count", "job_count", "avatar_slot_count", "dialogue_slot_count", "dialogue_busy_count", "device_busy_micros", "peak_resident_bytes", "device", "work", "dialogue_pool_bytes", "clients")
    UPTIME_MICROS_FIELD_NUMBER: _ClassVar[int]
    READY_MICROS_FIELD_NUMBER: _ClassVar[int]
    SESSION_COUNT_FIELD_NUMBER: _ClassVar[int]
    STREAM_COUNT_FIELD_NUMBER: _ClassVar[int]
    JOB_COUNT_FIELD_NUMBER: _ClassVar[int]
    AVATAR_SLOT_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIALOGUE_SLOT_COUNT_FIELD_NUMBER: _ClassVar[int]
    DIALOGUE_BUSY_COUNT_FIELD_NUMBER: _ClassVar[int]
    DEVICE_BUSY_MICROS_FIELD_NUMBER: _ClassVar[int]
    PEAK_RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    WORK_FIELD_NUMBER: _ClassVar[int]
    DIALOGUE_POOL_BYTES_FIELD_NUMBER: _ClassVar[int]
    CLIENTS_FIELD_NUMBER: _ClassVar[int]
    uptime_micros: int
    ready_micros: int
    session_count: int
    stream_count: int
    job_count: int
    avatar_slot_count: int
    dialogue_slot_count: int
    dialogue_busy_count: int
    device_busy_micros: int
    peak_resident_bytes: int
    device: str
    work: _containers.RepeatedCompositeFieldContainer[WorkStats]
    dialogue_pool_bytes: int
    clients: _containers.RepeatedCompositeFieldContainer[ClientStats]
    def __init__(self, uptime_micros: _Optional[int] = ..., ready_micros: _Optional[int] = ..., session_count: _Optional[int] = ..., stream_count: _Optional[int] = ..., job_count: _Optional[int] = ..., avatar_slot_count: _Optional[int] = ..., dialogue_slot_count: _Optional[int] = ..., dialogue_busy_count: _Optional[int] = ..., device_busy_micros: _Optional[int] = ..., peak_resident_bytes: _Optional[int] = ..., device: _Optional[str] = ..., work: _Optional[_Iterable[_Union[WorkStats, _Mapping]]] = ..., dialogue_pool_bytes: _Optional[int] = ..., clients: _Optional[_Iterable[_Union[ClientStats, _Mapping]]] = ...) -> None: ...
