"""A named fault: one piece of a module's source and what stands there instead while the mutant is alive.

The live functions of the module get the faulty code, so whoever holds them runs it, and nothing is imported again; what
they keep of earlier calls is forgotten before and after, as it came from other code. The piece must be there exactly once, and must change a function or a plain constant: a mutant that stops mutating fails.
"""

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Test = Callable[..., None]
_PLAIN = (int, float, str, tuple, dict)  # constants that may be put in another's place


@dataclass(frozen=True)
class Mutant:
    """`test` is the test that must fail while the mutant is alive, called with `arguments` and its fixtures."""

    name: str
    module: types.ModuleType
    old: str
    new: str
    test: Test
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """The module has this fault within the block."""
        functions, constants = self._faulty()
        assert functions or constants, f"{self.name} changes no function of {self.module.__name__} and no constant"
        true = [(function, function.__code__) for function, _ in functions]
        before = {name: vars(self.module)[name] for name in constants}
        try:
            for function, code in functions:
                function.__code__ = code
            vars(self.module).update(constants)
            _forget_results(self.module)
            yield
        finally:
            for function, code in true:
                function.__code__ = code
            vars(self.module).update(before)
            _forget_results(self.module)

    def _faulty(self) -> tuple[list[tuple[types.FunctionType, types.CodeType]], dict[str, Any]]:
        """The functions that the fault changes with their faulty code, or else the constants with their values."""
        path = str(self.module.__file__)
        source = Path(path).read_text(encoding="utf-8")
        times = source.count(self.old)
        assert times == 1, (
            f"the mutant {self.name!r} quotes a piece of {self.module.__name__} that is there {times} times, not once; "
            f"quote the code as it is now: {self.old!r}"
        )
        code = compile(source.replace(self.old, self.new), path, "exec")
        codes = {each.co_qualname: each for each in _codes(code)}
        live = {function.__code__.co_qualname: function for function in _functions(self.module)}
        changed = [name for name in live if name in codes and not _same(codes[name], live[name].__code__)]
        return [(live[name], codes[name]) for name in changed], {} if changed else self._constants(code)

    def _constants(self, code: types.CodeType) -> dict[str, Any]:
        faulty = {"__name__": self.module.__name__, "__file__": self.module.__file__}
        exec(code, faulty)
        return {
            name: value
            for name, value in faulty.items()
            if not name.startswith("__") and isinstance(value, _PLAIN) and value != vars(self.module).get(name)
        }


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from _codes(constant)


def _functions(owner: types.ModuleType | type) -> Iterator[types.FunctionType]:
    """The functions that a module or a class of it defines, also behind properties and decorators."""
    module = owner.__name__ if isinstance(owner, types.ModuleType) else owner.__module__
    for value in list(vars(owner).values()):
        if isinstance(value, type) and value.__module__ == module:
            yield from _functions(value)
            continue
        for part in _parts(value):
            function = inspect.unwrap(part) if callable(part) else part
            if isinstance(function, types.FunctionType) and function.__module__ == module:
                yield function


def _forget_results(module: types.ModuleType) -> None:
    """Empty the caches of a module's functions: what true code has computed hides a fault, and the other way round."""
    for value in list(vars(module).values()):
        clear = getattr(value, "cache_clear", None)
        if callable(clear):
            clear()


def _parts(value: Any) -> tuple[Any, ...]:
    if isinstance(value, property):
        return value.fget, value.fset
    if isinstance(value, functools.cached_property):
        return (value.func,)
    return (getattr(value, "__func__", value),)


def _same(one: types.CodeType, other: types.CodeType) -> bool:
    """Whether two functions do the same, wherever their lines are."""
    return (
        (one.co_code, one.co_names, one.co_varnames, len(one.co_consts))
        == (other.co_code, other.co_names, other.co_varnames, len(other.co_consts))
    ) and all(
        _same(a, b) if isinstance(a, types.CodeType) and isinstance(b, types.CodeType) else repr(a) == repr(b)
        for a, b in zip(one.co_consts, other.co_consts, strict=True)
    )
