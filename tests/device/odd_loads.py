"""What a stranger's `load` may do wrong, and what is said of it."""

from collections.abc import Callable
from typing import Any

from torch import nn

from bridge import ModuleModel, ProgramModel, Tensor
from models.program import Lane
from tests.device.odd import (
    LOADS_OF_RUNS,
    OUTPUTS,
    RUNS,
    Forward,
    Odd,
    Unspeakable,
    fails,
    forward,
    module,
    odd,
    program,
    row,
)
from tests.device.programs import Doubler

Own = ModuleModel | ProgramModel


def lanes(*made: Any) -> Callable[[Any], Any]:
    return lambda device: Odd(lanes=made)


def cannot_close() -> None:
    raise SystemExit("not now")


LOADS: dict[str, tuple[Own, str]] = {
    "raises": (
        program(lambda device: fails(KeyError("w"))),
        "its load raised KeyError: 'w'; mend it, and load",
    ),
    "exits": (program(lambda device: fails(SystemExit(1))), "its load raised SystemExit: 1; mend it"),
    "is interrupted": (
        program(lambda device: fails(KeyboardInterrupt())),
        "its load raised KeyboardInterrupt; mend it",
    ),
    "stops": (program(lambda device: fails(StopIteration())), "its load raised StopIteration; mend it"),
    "raises without words": (program(lambda device: fails(Unspeakable())), "its load raised Unspeakable; mend it"),
    "is None": (
        program(lambda device: None),
        "its load returned None without name, version, lanes, resident_bytes, st",
    ),
    "is a dict": (program(lambda device: {}), "its load returned a dict without name, version"),
    "is a module": (program(lambda device: nn.Linear(2, 2)), "its load returned a Linear without name, version, lanes"),
    "takes no tensors": (
        program(lambda device: Doubler("odd")),
        "a Doubler without inputs, outputs, lane_of; return a",
    ),
    "has no lanes": (program(lanes()), r"its lanes are \(\); use a tuple of 1 to 64 lanes"),
    "has countless lanes": (
        program(lambda device: Odd(lanes=range(10**9))),
        r"its lanes are range\(0, 1000000000\); use",
    ),
    "has names for lanes": (program(lanes("odd.run")), "its lanes hold 'odd.run'; use models.program.Lane"),
    "has two of a name": (
        program(lanes(*[Lane("odd.run", 4, 3)] * 2)),
        "it has two lanes 'odd.run'; give each its own",
    ),
    "takes a neighbour's": (
        program(lanes(Lane("neighbour.run", 4, 3))),
        "lane 'neighbour.run' may be another model's; b",
    ),
    "takes the host's": (
        program(lanes(Lane("host.probe", 1, 1))),
        "'host.probe' may be another model's; begin the name",
    ),
    "has no rows": (program(lanes(Lane("odd.run", 0, 3))), "max_batch of its lane 'odd.run' is 0; use 1 to 256"),
    "has countless rows": (
        program(lanes(Lane("odd.run", 10**9, 3))),
        "max_batch of its lane 'odd.run' is 1000000000; u",
    ),
    "has no stages": (program(lanes(Lane("odd.run", 4, 0))), "stages of its lane 'odd.run' is 0; use 1 to 10,000"),
    "has countless stages": (
        program(lanes(Lane("odd.run", 4, 10**12))),
        "stages of its lane 'odd.run' is 1000000000000",
    ),
    "has stages in words": (program(lanes(Lane("odd.run", 4, "3"))), "stages of its lane 'odd.run' is '3'; use 1 to"),  # type: ignore[arg-type]
    "has another name": (
        program(lambda device: Odd(name="even")),
        "its program is named 'even'; name it 'odd', as it is",
    ),
    "weighs nothing": (
        program(lambda device: Odd(resident_bytes=-1)),
        "its resident_bytes is -1; set the bytes of its",
    ),
    "weighs in words": (
        program(lambda device: Odd(resident_bytes="1 GB")),
        "its resident_bytes is '1 GB'; set the bytes",
    ),
    "answers nothing": (program(lambda device: Odd(outputs={})), "its program has no outputs; say what a row's answer"),
    "answers in words": (
        program(lambda device: Odd(outputs={"y": "float32"})),
        "its outputs are {'y': 'float32'}; use a",
    ),
    "takes others": (
        program(lambda device: Odd(inputs=OUTPUTS)),
        r"takes y float32 \[2\], but x float32 \[2\] is declared",
    ),
    "samples too few": (
        program(lambda device: Odd(sample=lambda lane, batch: [row(1)])),
        "returned 1 rows; return 2 for",
    ),
    "samples None": (
        program(lambda device: Odd(sample=lambda lane, batch: None)),
        "sample of odd.run returned None; re",
    ),
    "cannot sample": (
        program(lambda device: Odd(sample=lambda lane, batch: fails(SystemExit(9)))),
        r"model 'odd' failed on this request .SystemExit: 9\); change it",
    ),
    "cannot close either": (
        program(lambda device: Odd(lanes=(), close=cannot_close)),
        r"its lanes are \(\); use a tuple of 1 to 64 lanes",
    ),
    "module: raises": (
        module(lambda: fails(OSError("gone"))),
        "its load raised OSError: gone; mend it, and load the m",
    ),
    "module: exits": (module(lambda: fails(SystemExit(1))), "its load raised SystemExit: 1; mend it"),
    "module: is a dict": (module(dict), "its load returned dict; return a torch.nn.Module, and read weights into it"),
    "module: is a class": (module(lambda: nn.Identity), "its load returned type; return a torch.nn.Module"),  # type: ignore[arg-type,return-value]
    "module: does not fit": (
        module(lambda: nn.Linear(3, 3)),
        r"when it was tried with x float32 \[4, 2\]; correct its in",
    ),
    "module: raises when run": (
        module(forward(lambda x: fails(KeyError("k")))),
        r"the module raised KeyError \('k'\) wh",
    ),
    "module: exits when run": (
        module(forward(lambda x: fails(SystemExit(3)))),
        "could not be loaded: it raised SystemExi",
    ),
    "module: returns text": (module(forward(lambda x: "y")), "the module returned str; return a tensor, or a dict"),
    "module: returns a number": (
        module(forward(lambda x: x.mean())),
        r"'output' has the shape \[\] for 4 rows; the first",
    ),
    "module: one row too few": (
        module(forward(lambda x: x[1:])),
        r"'output' has the shape \[3, 2\] for 4 rows; the first",
    ),
    "module: other outputs": (module(Forward, outputs={"z": Tensor("float32", (2,))}), "returned no z; it returned y"),
    "module: a wrong shape": (
        module(Forward, outputs={"y": Tensor("float32", (3,))}),
        r"its output 'y' is float32 \[2\], but float32 \[3\] is declared; make them the same",
    ),
    "module: a wrong number format": (
        module(Forward, outputs={"y": Tensor("float16", (2,))}),
        r"its output 'y' is float32 \[2\], but float16 \[2\] is declared",
    ),
}
LOADS |= {
    f"at warm-up {name}": (program(lambda device, wrong=wrong: odd(wrong=wrong)), LOADS_OF_RUNS.get(name, said))  # type: ignore[misc]
    for name, (wrong, said) in RUNS.items()
    if LOADS_OF_RUNS.get(name, said)
}
