"""What a `torch.export` file may hold: tensors, and a graph of torch's own operators.

`torch.export.load` unpickles what a file marks as pickled, loads the compiled libraries in it, and evaluates its shape
expressions and guards as Python. So all of these are looked through before; a file that has more is refused.
"""

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

_AGAIN = "export it again with `torch.export.save`, of plain tensors"
_TARGET = re.compile(
    r"torch\.ops\.(aten|prims|quantized_decomposed|torchvision)\.(?!__)\w+(\.\w+)?"
    r"|torch\.ops\.aten\.__i?(and|or|xor|lshift|rshift)__\.\w+"
    r"|torch\.ops\.higher_order\.(cond|while_loop|scan|map_impl|wrap_with_set_grad_enabled|wrap_with_autocast)"
    r"|torch\.sym_\w+|math\.\w+"
    r"|_operator\.(getitem|add|sub|mul|truediv|floordiv|mod|pow|neg|pos|eq|ne|lt|le|gt|ge|and_|or_|not_)"
)
_NODES = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Call, ast.keyword, ast.Attribute, ast.Subscript),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Tuple),
    *(ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
_CALLS = re.compile(r"[A-Z]\w*|floor|ceil|ceiling|abs|max|min|int")  # sympy's classes, and a few functions
_METHODS = ("size", "stride", "storage_offset")  # of tensors, in guards


def check(path: Path) -> None:
    """Look through a file. ValueError, with what to do, for one that holds anything else."""
    try:
        with zipfile.ZipFile(path) as file:
            _check(file)
    except zipfile.BadZipFile:
        raise ValueError(f"it is not a torch.export file; {_AGAIN}") from None
    except (KeyError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"it is damaged ({error}); {_AGAIN}") from None


def _check(file: zipfile.ZipFile) -> None:
    names = {name.partition("/")[2]: name for name in file.namelist()}  # in the archive's one folder
    if "archive_format" not in names or "models/model.json" not in names:
        raise ValueError(f"it is not a torch.export file with a program called 'model'; {_AGAIN}")
    for name, whole in names.items():
        if name.startswith("data/aotinductor/"):
            raise ValueError("it holds compiled libraries, which are not loaded; export it without AOTInductor")
        if re.fullmatch(r"data/(weights|constants)/.*(\.pt|custom_obj.*|opaque_obj.*)", name):
            raise ValueError(f"{name} is pickled, and pickles are not loaded; {_AGAIN}")
        if name.endswith("_config.json"):
            _check_payloads(name, json.loads(file.read(whole)))
        elif name.startswith("data/sample_inputs/"):
            _check_samples(file.read(whole))
        elif name.startswith("models/"):
            _check_graph(json.loads(file.read(whole)))


def _check_payloads(name: str, config: Any) -> None:
    for tensor, payload in config["config"].items():
        path = payload["path_name"]
        if payload["use_pickle"] or not re.fullmatch(r"(weight|tensor)_\d+", path):
            raise ValueError(f"{tensor} in {name} is pickled, and pickles are not loaded; {_AGAIN}")


def _check_samples(data: bytes) -> None:
    if not data:
        return
    try:
        torch.load(io.BytesIO(data), weights_only=True)
    except Exception as error:  # of many kinds
        raise ValueError(f"its sample inputs are more than tensors, and pickles are not loaded; {_AGAIN}") from error


def _check_graph(model: Any) -> None:
    for key, value in _texts(model):
        if key == "target" and not _TARGET.fullmatch(value):
            raise ValueError(f"it calls {value[:80]!r}, which is not an operator of torch; {_AGAIN}")
        if key in ("expr_str", "guards_code") and not _is_arithmetic(value):
            raise ValueError(f"it has the expression {value[:80]!r}, which is not arithmetic; {_AGAIN}")


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All strings, each with the key that it is of; "target" of calls alone."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, "" if name == "target" and "inputs" not in value else name)


def _is_arithmetic(text: str) -> bool:
    """Whether an expression computes with sizes, and does nothing else."""
    try:
        nodes = list(ast.walk(ast.parse(text.strip(), mode="eval")))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(isinstance(node, _NODES) and _is_harmless(node) for node in nodes)


def _is_harmless(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return re.fullmatch(r"\w+", text) is not None
        case ast.Attribute(attr=attribute):
            return attribute in _METHODS
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS.fullmatch(name) is not None
        case ast.Call(func=function):
            return isinstance(function, ast.Attribute)
    return True
