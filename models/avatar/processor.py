"""What a client says of an avatar becomes the generator's input. Knows no torch: the model need not be loaded."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.avatar.look import EXPRESSIONS, Conditions, attribute_schema, blend, conditions, express, look_from_seed


@dataclass(frozen=True, slots=True)
class AvatarInput:
    """One picture to make."""

    conditions: Conditions  # float32 [CONDITION_WIDTH], from `models.avatar.look`
    stays: bool = False  # whether the picture stays on the device, as a tensor, for an encoder that works there


class AvatarProcessor:
    """Thread-safe: it keeps nothing."""

    expressions = tuple(EXPRESSIONS)
    attributes = attribute_schema()
    blend = staticmethod(blend)
    prepare = AvatarInput

    @staticmethod
    def conditions(
        seed: int, attributes: Mapping[str, str], expression: str | None = None, intensity: float = 1.0
    ) -> Conditions:
        """The conditions of a look. ValueError for what is not in the schema."""
        look = look_from_seed(seed).with_attributes(attributes)
        return conditions(look) if expression is None else express(look, expression, intensity)
