"""Models of the operator's own: the client names one, sends arrays, and receives arrays."""

from bridge.client.inference.inferred import Answer, Inferred
from bridge.client.inference.model import Model
from bridge.client.inference.signature import TensorSpec

__all__ = ["Answer", "Inferred", "Model", "TensorSpec"]
