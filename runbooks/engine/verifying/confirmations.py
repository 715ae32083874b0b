"""Facts of a change that only a person can know: listed by the service, confirmed with ``--confirm``, kept with who and when.

What a device could be asked is a precheck or a gate. In a rehearsal all of it is so by its making, and nothing is asked.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import asdict

from ....inventory.errors import UsageError
from ....inventory.files.did_you_mean import hint
from ....inventory.hiding.secrets import TOKEN, Secrets

if TYPE_CHECKING:
    from ....changes.config_object import ConfigObject
    from ....changes.plans.change import Change
    from ....services.besides import Confirmation
    from ....services.service import Deployment, Service


class Asked(Struct, frozen=True):
    """One thing that a person confirms: a word for the option, what is confirmed, and why nobody else can tell.

    ``by`` is the system user who has said so, and ``at`` when (UTC, ISO 8601); both are empty while nobody has.
    """

    name: str
    sentence: str
    why: str
    by: str = ""
    at: str = ""

    def as_dict(self) -> dict[str, str]:
        """Plain values, for JSON."""
        return asdict(self)


class Confirming(Struct, frozen=True):
    """What the person who began a run has confirmed; ``needed`` is False in a rehearsal."""

    names: tuple[str, ...] = ()
    by: str = ""
    at: str = ""
    needed: bool = True
    #: The references of the keys that are changed, by the names of their deployments; empty where that is not what is done.
    rotating: Mapping[str, str] = field(default_factory=dict)
    #: True where an earlier run is undone: what was to be seen to before it is as it was, and what goes into clear is asked.
    undoing: bool = False

    def asked(
        self,
        service: Service,
        deployment: Deployment,
        *,
        removal: bool,
        changes: Sequence[Change] = (),
        undone: Deployment | None = None,
    ) -> tuple[Asked, ...]:
        """All that a change of this deployment asks for, with who has confirmed it; ``changes`` are what is planned.

        ``undone`` is what stands, where a run that built or changed it is rolled back.
        """
        if self.rotating:
            found = _of_key(service, deployment, self.rotating[deployment.name], former=False)
        elif self.undoing:
            found = _of_rollback(service, deployment, undone or deployment, removal=removal, changes=changes)
        else:
            found = _of_change(service, deployment, removal=removal, changes=changes)
        who = dict.fromkeys(self.names, (self.by, self.at))
        return tuple(Asked(item.name, item.sentence, item.why, *who.get(item.name, ("", ""))) for item in found)

    def open(self, asked: Iterable[Asked]) -> tuple[Asked, ...]:
        """What is still to be confirmed."""
        return tuple(item for item in asked if self.needed and not item.by)


def _of_change(service: Service, deployment: Deployment, *, removal: bool, changes: Sequence[Change]) -> tuple[Confirmation, ...]:
    from ....services.besides import WithChangeConfirmations, WithConfirmations

    found = service.confirmations(deployment, removal=removal) if isinstance(service, WithConfirmations) else ()
    if isinstance(service, WithChangeConfirmations) and not removal:
        found = (*found, *service.change_confirmations(deployment, changes))
    return found


def _of_rollback(
    service: Service, before: Deployment, undone: Deployment, *, removal: bool, changes: Sequence[Change]
) -> tuple[Confirmation, ...]:
    """What goes in clear then, and which far ends have to have a key of before; the rest was seen to before that run."""
    from ....services.besides import WithChangeConfirmations, WithConfirmations, WithRollbackConfirmations

    found: tuple[Confirmation, ...] = ()
    if isinstance(service, WithRollbackConfirmations):
        found = service.rollback_confirmations(undone, None if removal else before, changes)
    elif removal and isinstance(service, WithConfirmations):
        found = service.confirmations(before, removal=True)
    elif isinstance(service, WithChangeConfirmations) and not removal:
        found = service.change_confirmations(before, changes)
    keys = () if removal else keys_given_back(service.references(before), changes)
    return (*found, *(item for key in keys for item in _of_key(service, before, key, former=True)))


def _of_key(service: Service, deployment: Deployment, reference: str, *, former: bool) -> tuple[Confirmation, ...]:
    from ....services.besides import WithFarKeys

    return service.key_confirmations(deployment, reference, former=former) if isinstance(service, WithFarKeys) else ()


def keys_given_back(references: Sequence[str], changes: Iterable[Change]) -> tuple[str, ...]:
    """Of these references those whose keys devices have now, and will have others in their place: those of before.

    What undoes a removal takes no key away, and what writes the same key into another form gives none. All of them where a key is
    another one, and none of them is known by its reference.
    """
    found: dict[str, None] = {}
    for change in changes:
        gone = _tokens((*change.removed, *(edit.before for edit in change.edited)))
        come = _tokens((*change.created, *(edit.after for edit in change.edited)))
        if come - gone and gone - come:
            known = [reference for reference in references if Secrets.token(reference) in gone - come]
            found |= dict.fromkeys(known or references)
    return tuple(found)


def _tokens(items: Iterable[ConfigObject]) -> frozenset[str]:
    """The secrets that these objects hold."""
    return frozenset(token for item in items for line in (item.header, *item.children) for token in TOKEN.findall(line))


def confirming(
    names: Sequence[str],
    service: Service,
    deployments: Sequence[Deployment],
    *,
    removal: bool,
    rehearsal: bool,
    unseen: bool = False,
    rotating: Mapping[str, str] | None = None,
    undoing: bool = False,
) -> Confirming:
    """The confirmations of this command line, by the user of this process. Raises UsageError for a name that nothing asks for.

    ``unseen``: there is more to come that only devices know, and what that asks for is not known before they are read.
    """
    from ....services.besides import FAR_KEY, WithChangeConfirmations, WithFarKeys

    keys = dict(rotating or {})
    by_none = Confirming(rotating=keys, undoing=undoing)
    every = (by_none.asked(service, deployment, removal=removal) for deployment in deployments)
    known = {item.name for asked in every for item in asked}
    if isinstance(service, WithChangeConfirmations) and (undoing or not removal) and not rotating:
        known |= {*service.change_asks}
    if isinstance(service, WithFarKeys) and undoing:
        known |= {FAR_KEY}
    for name in names:
        if name not in known and not unseen:
            said = hint(name, sorted(known)) or f" (a {service.noun} asks for none)"
            raise UsageError(f"--confirm {name}: there is nothing to confirm by this name{said}")
    at = datetime.now(UTC).isoformat(timespec="seconds") if names else ""
    by = system_user() if names else ""
    return Confirming(tuple(dict.fromkeys(names)), by, at, needed=not rehearsal, rotating=keys, undoing=undoing)


def system_user() -> str:
    """The user of this process, by its number and not by the environment; with the user who became it by sudo."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run under a number that has no name
        name = str(number)
    before = os.environ.get("SUDO_USER", "")
    return f"{name} (sudo by {before})" if before and before != name else name


def unconfirmed(name: str, asked: Sequence[Asked]) -> str:
    """Why a change is refused, with the options that are missing."""
    options = " ".join(f"--confirm {item.name}" for item in asked)
    lines = [f"  {item.name}: {item.sentence} ({item.why})" for item in asked]
    return "\n".join((f"{name}: no device shows this: check it, then confirm it with {options}", *lines))


def restored(data: Iterable[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """The confirmation that a run's record holds. Raises KeyError for anything else."""
    return tuple(Asked(*(str(item[key]) for key in ("name", "sentence", "why", "by", "at"))) for item in data)
