"""Declares the avatar capability: its service, kind of work, model and rungs."""

from bridge.device.catalog import Capability, ModelSpec, RungSpec, WorkSpec

AVATAR = Capability(
    name="avatar",
    number=1,
    service="bridge.v1.AvatarService",
    servicer="bridge.capabilities.avatar.service:AvatarService",
    work=(WorkSpec("avatar", 0.050, "avatar-budget", "budget of texture frames whose requests set none"),),
    models=(
        ModelSpec(
            name="avatar",
            load="models.avatar.avatar_program:AvatarProgram.load",
            processor="models.avatar.processor:AvatarProcessor",
            rungs=(
                RungSpec("avatar.64", "avatar.64", 64, 64),
                RungSpec("avatar.64/cheaper", "avatar.64", 64, 64, cheaper=True),
                RungSpec("avatar.32/cheaper", "avatar.32", 32, 32, cheaper=True),
                RungSpec("repeat"),
            ),
            makes_textures=True,
            weights=("avatar/generator.safetensors", "avatar/exit32.safetensors"),
        ),
    ),
)
