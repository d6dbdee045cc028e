"""Declares the inference capability, which the operator's own models join."""

from bridge.device.catalog import Capability

INFERENCE = Capability(
    name="inference",
    number=4,
    service="bridge.v1.InferenceService",
    servicer="bridge.capabilities.inference.service:InferenceService",
    work=(),
    models=(),
    takes_models=True,
)
