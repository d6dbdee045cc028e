"""Who answers the questions. To attach another, write a module with a function like `bare` and enter it below.

`adapter` is the folder of the NPCs' LoRA adapter, None for the model without one.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from facts.contenders.adapter import adapter
from facts.contenders.bare import bare
from facts.contenders.contender import Contender
from facts.contenders.pipeline import no_authored, pipeline

CONTENDERS: dict[str, Callable[[Path | None], AbstractAsyncContextManager[Contender]]] = {
    "bare": bare,
    "adapter": adapter,
    "pipeline": pipeline,
    "no_authored": no_authored,
}
