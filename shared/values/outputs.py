"""What a prompt may write: its outputs, each with its data type and the values allowed, and nothing else ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared.errors import Violation
from shared.mapping.data_types import known_type
from shared.mapping.models import Vocabulary, VocabularyKey
from shared.mapping.models import Warning as Note
from shared.mapping.validate import escape, refuse
from shared.values.legal import legal
from shared.values.models import OutputIn
from shared.values.template import Template

Find = Callable[[str], Vocabulary | None]
"""The stored vocabulary with this keyPrefix."""


@dataclass(frozen=True)
class Output:
    key: str
    """The vocabulary key, as the prompt writes it."""
    data_type: str
    """One of the 28."""
    allowed: tuple[str, ...] = ()
    """Empty: any value of the type."""
    description: str | None = None

    def read(self, text: str) -> str | None:
        """The value to write for an answer, None when it is not a legal one."""
        if self.allowed:
            folded = text.strip().casefold()
            return next((value for value in self.allowed if value.strip().casefold() == folded), None)
        return legal(text, self.data_type)


def outputs_of(
    template: Template, given: Mapping[str, OutputIn], find: Find
) -> tuple[tuple[Output, ...], tuple[Note, ...]]:
    """The outputs in the template's order, and warnings. What the request does not say of a key, the catalogue may.

    Raises InvalidRequest for an output the prompt does not have, an unknown data type or a value its type forbids."""
    wanted = {key.casefold() for key in template.outputs}
    said = {key.casefold(): (key, output) for key, output in given.items()}
    refuse(
        Violation(f"/outputs/{escape(key)}", "the prompt has no such output")
        for folded, (key, _) in said.items()
        if folded not in wanted
    )
    typed = {folded for folded, (_, output) in said.items() if output.data_type}
    known = _known_keys(find, [key for key in template.outputs if key.casefold() not in typed])
    made, notes = [], []
    for key in template.outputs:
        name, output = said.get(key.casefold(), (key, OutputIn()))
        listed = known.get(key.casefold())
        refuse(_faults(name, output))
        stated = output.data_type or (listed.data_type if listed else None)
        data_type = known_type(stated)
        if stated and data_type is None:
            notes.append(Note(code="unknown_data_type", detail=f"{key}: the catalogue's type is not known, so Text"))
        description = output.description or (listed.description if listed else None)
        made.append(Output(key, data_type or "Text", tuple(output.allowed_values or ()), description))
    return tuple(made), tuple(notes)


def _known_keys(find: Find, wanted: Iterable[str]) -> dict[str, VocabularyKey]:
    """What the catalogue says of these keys: of each, the vocabularies its own name may begin with are read."""
    found: dict[str, VocabularyKey] = {}
    for key in wanted:
        parts = key.split(".")
        for prefix in (".".join(parts[:count]) for count in range(1, len(parts))):
            vocabulary = find(prefix)
            if vocabulary is not None:
                found |= {
                    each.key.casefold(): each for each in vocabulary.keys if each.key.casefold() == key.casefold()
                }
    return found


def _faults(key: str, output: OutputIn) -> Iterator[Violation]:
    pointer = f"/outputs/{escape(key)}"
    data_type = known_type(output.data_type)
    if output.data_type and data_type is None:
        yield Violation(f"{pointer}/dataType", "not one of CluedIn's 28 data types")
    seen: set[str] = set()
    for index, value in enumerate(output.allowed_values or ()):
        if data_type and legal(value, data_type) is None:
            yield Violation(f"{pointer}/allowedValues/{index}", f"not a value of type {data_type}")
        if value.strip().casefold() in seen:
            yield Violation(f"{pointer}/allowedValues/{index}", "the same value as one before, without regard to case")
        seen.add(value.strip().casefold())
