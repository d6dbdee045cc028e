"""Who answers the questions. To attach another, write a module with a function like `bare` and enter it below."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from facts.contenders.bare import bare
from facts.contenders.contender import Contender

CONTENDERS: dict[str, Callable[[], AbstractAsyncContextManager[Contender]]] = {"bare": bare}
