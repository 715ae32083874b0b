"""Which services there are: the entry points ``nr_run.services`` of every installed package.

An entry point names a `Declaration`, which is light: what the command line shows of a service is told without importing what it
is made of. The service itself is imported when one of its commands is run.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..inventory.errors import NothingMatched, NrRunError
from ..inventory.files.did_you_mean import hint
from .installed import Point, entry_points_of

if TYPE_CHECKING:
    from .service import Service
    from .verified import Verified

GROUP = "nr_run.services"
#: The service of records of runs that name none: there was no other one then.
FIRST_SERVICE = "l2l"
#: What no command deploys and a record may name all the same.
_WITHOUT_COMMANDS = {"safe-change": "nr_run.services.safe_change:SAFE_CHANGE"}


# Tuples, since every --help needs them, and nothing else for which msgspec would be imported.
class Command(NamedTuple):
    """A command of the nr-run program. ``help`` is its line in the list, ``text`` what its own --help says, in click's markup.

    ``confirms`` is True where the service asks a person for what nothing else can know (`WithConfirmations`).
    """

    name: str
    does: Literal["deploy", "remove"]
    help: str
    text: str
    confirms: bool = False


class Rotates(NamedTuple):
    """That ``nr-run rotate-psk`` gives an instance of a service another key.

    ``text`` is what its --help says of this service, in click's markup. ``former`` is the command that did it one release ago: it
    still works, hidden.
    """

    text: str
    former: str = ""


class Declaration(NamedTuple):
    """A service as it is declared. ``load`` is ``module:attribute`` of the `Service`.

    ``noun`` is what one instance is called in an option or argument; ``section`` is where the intent files have the names of
    the instances, for completion; ``schema`` is ``module:attribute`` of what gives the JSON Schema of the service's own file, for
    editors, and empty where it has none. ``rotates`` is None where no key is changed by nr-run.
    """

    name: str
    noun: str
    section: str
    commands: tuple[Command, ...]
    load: str
    schema: str = ""
    rotates: Rotates | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all its commands, former names included."""
        former = (self.rotates.former,) if self.rotates and self.rotates.former else ()
        return (*(command.name for command in self.commands), *former)


class Declared(NamedTuple):
    """What is installed: the services by name, and a sentence for each that could not be read."""

    services: Mapping[str, Declaration]
    broken: Mapping[str, str]

    def of_command(self, name: str) -> tuple[Declaration, Command] | None:
        """The service that has a command of this name."""
        return next(
            ((service, command) for service in self.services.values() for command in service.commands if command.name == name),
            None,
        )

    def of_former(self, name: str) -> Declaration | None:
        """The service whose keys a command of this name changed one release ago."""
        return next(
            (one for one in self.services.values() if name and one.rotates is not None and one.rotates.former == name), None
        )

    @property
    def rotating(self) -> Mapping[str, Declaration]:
        """The services whose keys are changed by nr-run, by name."""
        return {name: service for name, service in self.services.items() if service.rotates is not None}


@cache
def declared() -> Declared:
    """Every installed service, our own first. One that cannot be read is reported and does not hide the others."""
    found: dict[str, Declaration] = {}
    broken: dict[str, str] = {}
    taken: dict[str, str] = {}
    points = sorted(entry_points_of(GROUP), key=lambda point: (not point.value.startswith("nr_run."), point.name))
    for point in dict.fromkeys(points):
        try:
            declaration = _read(point)
            _refuse_second(declaration, found, taken)
        except NrRunError as error:
            broken[point.name] = str(error)
            continue
        found[declaration.name] = declaration
        taken.update(dict.fromkeys(declaration.names, declaration.name))
    return Declared(found, broken)


def _read(point: Point) -> Declaration:
    try:
        made = point.load()
    except Exception as error:  # noqa: BLE001 - another package's code: whatever it raises, the sentence is the same
        raise NrRunError(f"service {point.name} ({point.value}) cannot be loaded: {type(error).__name__}: {error}") from None
    if not isinstance(made, Declaration):
        raise NrRunError(f"service {point.name} ({point.value}) is no Declaration but {type(made).__name__}")
    if made.name != point.name:
        raise NrRunError(f"service {point.name} ({point.value}) calls itself {made.name}: the two names have to be one")
    return made


def _refuse_second(declaration: Declaration, found: Mapping[str, Declaration], taken: Mapping[str, str]) -> None:
    if declaration.name in found or declaration.name in _WITHOUT_COMMANDS:
        raise NrRunError(f"service {declaration.name} is installed twice; the second one is left out")
    for name in declaration.names:
        if name in taken:
            raise NrRunError(f"service {declaration.name} has the command {name}, which service {taken[name]} has already")


def find(name: str) -> Verified:
    """The service of this name. Raises NothingMatched with one sentence where it is not installed, or cannot be loaded."""
    known = declared()
    if name in _WITHOUT_COMMANDS:
        own: Verified = _loaded(name, _WITHOUT_COMMANDS[name])
        return own
    if name not in known.services:
        raise NothingMatched(known.broken.get(name) or _unknown(name, known))
    made: Verified = _loaded(name, known.services[name].load)
    return made


def find_built(name: str) -> Service:
    """The same for a service that is built and removed. Raises NothingMatched also for a service that is only verified."""
    from .service import Service

    made = find(name)
    if not isinstance(made, Service):
        raise NothingMatched(f"{name} is only verified: nr-run neither builds nor removes a {made.noun}")
    return made


def schema_of(service: Declaration) -> dict[str, Any]:
    """JSON Schema of a service's own file. Raises NothingMatched with one sentence where it cannot be loaded."""
    made: dict[str, Any] = _loaded(service.name, service.schema)()
    return made


def _loaded(name: str, place: str) -> Any:
    module, _, attribute = place.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise NothingMatched(f"service {name} ({place}) cannot be loaded: {error}") from None


def _unknown(name: str, known: Declared) -> str:
    if not known.services:
        return f"no service is installed, so there is no {name!r}: install nr-run again (its entry points {GROUP} are not there)"
    return f"there is no service {name!r}{hint(name, known.services)}: installed are {', '.join(known.services)}"
