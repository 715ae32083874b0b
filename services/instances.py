"""All instances of a service that an inventory asks for, and the file in which they are written.

Each service has one file with one section of named records; what a service says beside that is its model, what it calls an
instance, and the words for what is wrong with a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from msgspec import Struct, field
from pydantic import BaseModel, ValidationError

from ..inventory.errors import IntentError, NothingMatched
from ..inventory.files.did_you_mean import hint
from ..inventory.files.present import is_there
from ..inventory.files.yaml_source import Document, Problem, Unreadable, raise_all, read_document
from ..inventory.intents.intent import Waiver
from ..inventory.intents.intent_files import details_of, places_of_checks
from ..inventory.intents.strength import WEAK


class Instance(Protocol):
    """What the intent of every service has."""

    @property
    def name(self) -> str:
        """By which it is called on the command line."""

    @property
    def status(self) -> str:
        """``active``, or why it is not."""


T = TypeVar("T", bound=Instance)
C = TypeVar("C", bound="Instances")  # type: ignore[type-arg]
#: What pydantic found at one place, as a sentence.
Wording = Callable[[Document, object], Problem]


class Instances(Struct, Generic[T], frozen=True):
    """All of an inventory by name, with the places where they are written (``file:line``)."""

    #: What one is called, and where that is said at length.
    noun: ClassVar[str] = "instance"
    at_length: ClassVar[str] = ""

    by_name: Mapping[str, T]
    path: Path
    places: Mapping[str, str] = field(default_factory=dict)

    def not_there(self, name: str) -> str:
        """Why a name was not found."""
        if not self.by_name:
            return f"no {self.noun} is named {name!r}: {self.path} has none"
        return f"no {self.noun} is named {name!r}{hint(name, self.by_name)}"

    def chosen(self, names: tuple[str, ...], *, any_status: bool) -> tuple[T, ...]:
        """The named ones, or all active ones. Raises NothingMatched."""
        if not names:
            active = tuple(one for one in self.by_name.values() if one.status == "active")
            if not active:
                raise NothingMatched(f"no {self.at_length or self.noun} is active: {self.path} has none with status active")
            return active
        problems = [self.not_there(name) for name in names if name not in self.by_name]
        found = [self.by_name[name] for name in dict.fromkeys(names) if name in self.by_name]
        problems += [
            f"{self.noun} {one.name} is {one.status}: set its status to active to work on it"
            for one in found
            if one.status != "active" and not any_status
        ]
        if problems:
            raise NothingMatched("\n".join(problems))
        return tuple(found)

    def refuse_ended(self, name: str, waiver: Waiver, today: date, why: str) -> None:
        """Raises IntentError where the waiver holds no more; ``why`` says what needs it."""
        if waiver.until < today:
            raise IntentError(
                f"{self.places.get(name, self.path)}: {name}: the waiver {waiver.ticket} ended on {waiver.until}, and {why}"
            )

    def refuse_weak(self, name: str, algorithms: Iterable[str], waiver: Waiver | None, today: date) -> None:
        """Raises IntentError where a waiver that weak algorithms need holds no more; without one the file is refused already."""
        weak = [word for word in algorithms if word in WEAK]
        if weak and waiver is not None:
            self.refuse_ended(name, waiver, today, f"{', '.join(weak)} needs one")


def load_instances(
    kind: type[C],
    path: Path,
    section: str,
    model: type[BaseModel],
    wording: Wording,
    besides: Callable[[Document, BaseModel], Iterable[Problem]] = lambda _document, _file: (),
) -> C:
    """The instances that a file has in this section, which is also the field of the model; without the file there are none.

    ``besides`` finds what is wrong among several of them. Raises IntentError with file, line and field.
    """
    if not is_there(path):
        return kind({}, path)
    try:
        document = read_document(path)
    except Unreadable as unreadable:
        raise IntentError(str(unreadable.problem)) from None
    try:
        file = model.model_validate(document.data)
    except ValidationError as error:
        raise_all([wording(document, detail) for detail in details_of(error)])
        raise
    records = tuple(getattr(file, section))
    names = [one.name for one in records]
    places = {name: f"{path}:{document.line((section, index, 'name'))}" for index, name in enumerate(names)}
    places |= dict(places_of_checks(document, section))
    twice = [index for index, name in enumerate(names) if name in names[:index]]
    raise_all([document.problem((section, index, "name"), f"{kind.noun} {names[index]!r} is defined twice") for index in twice])
    raise_all(list(besides(document, file)))
    return kind({one.name: one for one in records}, path, places)
