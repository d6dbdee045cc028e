"""The toy, declared."""

from bridge.device.catalog import Capability, ModelSpec, RungSpec, WorkSpec

TOY = Capability(
    name="toy",
    number=5,
    service="bridge.v1.ToyService",
    servicer="bridge.capabilities.toy.service:ToyService",
    work=(WorkSpec("toy", 1.0, "toy-budget", "budget of words whose requests set none"),),
    models=(ModelSpec("toy", "models.toy.program:ToyProgram.load", (RungSpec("toy.run", "toy.run"),)),),
)
