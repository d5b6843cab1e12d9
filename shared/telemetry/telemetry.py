"""The switch, and what the product sees of telemetry: ``span`` for a trace, ``tell`` for a figure.

Off, which is how it starts, each call costs a comparison. ``shared/wiring.py`` switches it on with what records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Final, Literal, Protocol

from shared.telemetry.figures import Figure

Value = str | bool | int | float | tuple[str, ...]
Attributes = Mapping[str, Value | None]
"""By the names in ``names.py``. What is None is left out."""
Kind = Literal["internal", "client", "consumer"]

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")
_CODE: Final = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_NONE: Final[Attributes] = {}


class Span(Protocol):
    """One step of a trace, while it runs."""

    def set(self, attributes: Attributes) -> None: ...

    def failed(self, error: str) -> None:
        """Mark it as failed, with a code or an exception's name: never its message, which may repeat anything."""


class Recorder(Protocol):
    def span(
        self, name: str, attributes: Attributes, kind: Kind, parent: tuple[str, str] | None
    ) -> AbstractContextManager[Span]:
        """``parent``: ids of trace and span, in hexadecimal; None: the step around this one, if there is any."""

    def traceparent(self) -> str | None:
        """Where we are, as W3C Trace Context writes it; None outside of any span."""

    def tell(self, figure: Figure, value: float, attributes: Attributes) -> None: ...


class _Nothing:
    """A span that is not recorded."""

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def set(self, attributes: Attributes) -> None:
        return None

    def failed(self, error: str) -> None:
        return None


_NOTHING: Final = _Nothing()
_recorder: Recorder | None = None


def switch(recorder: Recorder | None) -> None:
    """Record from now on, or, with None, no more."""
    global _recorder
    _recorder = recorder


def is_on() -> bool:
    return _recorder is not None


def span(
    name: str, attributes: Attributes = _NONE, *, kind: Kind = "internal", parent: str | None = None
) -> AbstractContextManager[Span]:
    """A step of the trace. An exception that leaves it marks it as failed.

    ``parent``: a traceparent that came from elsewhere; one that cannot be read is as good as none."""
    if _recorder is None:
        return _NOTHING
    return _recorder.span(name, attributes, kind, ids_in(parent))


def tell(figure: Figure, value: float, attributes: Attributes = _NONE) -> None:
    if _recorder is not None:
        _recorder.tell(figure, value, attributes)


def traceparent() -> str | None:
    """To hand on, so that what follows elsewhere becomes part of this trace; None where nothing is recorded."""
    return None if _recorder is None else _recorder.traceparent()


def ids_in(traceparent: object) -> tuple[str, str] | None:
    """Ids of trace and span in a traceparent (W3C Trace Context), None in anything else."""
    found = _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    return (found[1], found[2]) if found else None


def name_of(error: BaseException) -> str:
    """What an error may be called in telemetry: its code where it has one, else its class."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else type(error).__name__
