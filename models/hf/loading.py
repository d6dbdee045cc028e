"""Loads a checkpoint with transformers: the class that its config.json names, from safetensors, and nothing random."""

import contextlib
import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from models.hf.checkpoint import WRAP, Checkpoint
from models.hf.folder import check_installed
from models.hf.tasks import Task

if TYPE_CHECKING:
    from torch import nn

_LONGEST = 300  # characters of what transformers says


def load(checkpoint: Checkpoint, task: Task) -> "nn.Module":
    """The module that answers rows as they are declared. ValueError, in a sentence, for files that do not fit."""
    model = pretrained(checkpoint)
    with _quiet():
        if model.main_input_name != task.takes.value:
            raise ValueError(
                f"{checkpoint.architecture} takes {model.main_input_name}; pictures or texts alone are served; {WRAP}"
            )
        module, _, name = task.module.partition(":")
        made: nn.Module = getattr(importlib.import_module(module), name).of(model, checkpoint)
    return made


def _class(checkpoint: Checkpoint) -> Any:
    import transformers

    found = getattr(transformers, checkpoint.architecture, None)
    if not (isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)):
        raise ValueError(
            f"transformers {transformers.__version__} has no {checkpoint.architecture}; install a version that has it"
        )
    return found


def pretrained(checkpoint: Checkpoint) -> Any:
    """transformers' model, from the folder alone, without code of its own and without pickle. ValueError."""
    check_installed()
    with _quiet():
        return _pretrained(checkpoint)


def _pretrained(checkpoint: Checkpoint) -> Any:
    found = _class(checkpoint)
    try:
        model, report = found.from_pretrained(
            str(checkpoint.folder),
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except Exception as error:
        raise ValueError(
            f"{checkpoint.architecture} cannot be loaded from {checkpoint.folder} ({_sentence(error)}); save or "
            "download the model again"
        ) from error
    _check_complete(checkpoint, model, report["missing_keys"])
    return model


def _check_complete(checkpoint: Checkpoint, model: Any, missing: set[str]) -> None:
    """Transformers fills up missing weights with random numbers. A pooler is not needed: it is taken out."""
    needed = sorted(name for name in missing if not name.startswith("pooler."))
    if needed:
        raise ValueError(
            f"the weights in {checkpoint.folder} lack {len(needed)} tensors of {checkpoint.architecture}, such as "
            f"{needed[0]}, which would be random numbers; save or download the model again"
        )
    if missing:
        model.pooler = None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without progress bars and notices on stderr, where the server's log is."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


def _sentence(error: Exception) -> str:
    """The first line that says something."""
    lines = [line.strip() for line in str(error).splitlines()]
    return (next(filter(None, lines), "") or type(error).__name__)[:_LONGEST].rstrip(".")
