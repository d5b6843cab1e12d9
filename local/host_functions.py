"""The functions of an app, as the host sees them: read from ``app.get_functions()`` by trigger."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Function:
    """One function with its trigger. ``trigger`` is the binding as function.json would hold it."""

    name: str
    call: Callable[..., Any]
    kind: str
    """httpTrigger, queueTrigger, timerTrigger, …"""
    argument: str
    trigger: dict[str, Any]
    wants_context: bool

    @property
    def is_async(self) -> bool:
        return inspect.iscoroutinefunction(self.call)


def read_functions(found: Iterable[Any]) -> list[Function]:
    """Turn the library's functions into ours. Raises ValueError for two of one name."""
    functions = [_function(one) for one in found]
    names = [one.name for one in functions]
    doubled = {name for name in names if names.count(name) > 1}
    if doubled:
        raise ValueError(f"two functions of one name: {', '.join(sorted(doubled))}")
    return functions


def load_app(directory: Path, module: str = "function_app") -> list[Function]:
    """Import the app. Whatever its import raises passes through: the host then has no function at all."""
    sys.path.insert(0, str(directory))
    return read_functions(importlib.import_module(module).app.get_functions())


def _function(found: Any) -> Function:
    trigger = found.get_trigger().get_dict_repr()
    call = found.get_user_function()
    return Function(
        name=found.get_function_name(),
        call=call,
        kind=trigger["type"],
        argument=trigger["name"],
        trigger=trigger,
        wants_context="context" in inspect.signature(call).parameters,
    )
