"""The change of one device: what it brings, edits and takes away, the ordered steps to it and their exact inverse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import steps
from .blast_radius import blast_radius, edit_radius, removal_radius
from .family import Phase
from .objects import Config, ConfigObject, Key
from .steps import Edit, Step


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to one device, and what undoes it. Secrets stand as tokens throughout."""

    host: str
    os: str
    created: tuple[ConfigObject, ...]
    reused: tuple[ConfigObject, ...]
    forward: tuple[Step, ...]
    inverse: tuple[Step, ...]
    blast_radius: tuple[str, ...]
    #: What the change takes away, as the device had it.
    removed: tuple[ConfigObject, ...] = ()
    #: What was to go and stays because something else has come to use it, one sentence each.
    stays: tuple[str, ...] = ()
    #: What is changed in place, while it is in use.
    edited: tuple[Edit, ...] = ()

    def __bool__(self) -> bool:
        """False when the device is as it should be already."""
        return bool(self.created or self.removed or self.edited)

    @property
    def takes(self) -> bool:
        """True if it takes something away or changes it, so that its inverse puts something back."""
        return bool(self.removed or self.edited)

    @property
    def keys(self) -> frozenset[Key]:
        """Identities of all objects that it touches."""
        items = (*self.created, *self.removed)
        return frozenset((*(item.key for item in items), *(edit.key for edit in self.edited)))

    @property
    def entries(self) -> tuple[ConfigObject, ...]:
        """The tunnel itself, in every form that it has before, during or after: its map entry or its interface."""
        edited = (item for edit in self.edited for item in (edit.before, edit.after))
        items = (*self.created, *self.removed, *self.reused, *edited)
        return tuple(item for item in items if item.family.is_tunnel)

    @property
    def own(self) -> frozenset[Key]:
        """Identities of the tunnel itself."""
        return frozenset(item.key for item in self.entries)

    @property
    def peers(self) -> tuple[str, ...]:
        """Addresses of the IKE peers that the tunnel goes to, before or after."""
        return tuple(dict.fromkeys(peer for item in self.entries for peer in item.peers))

    @property
    def replaces(self) -> bool:
        """True if the tunnel is there already in another form: what is negotiated has to be negotiated again."""
        there = {*(edit.key for edit in self.edited), *(item.key for item in self.reused)}
        return bool(self) and bool(self.own & there)

    def of(self, phase: Phase) -> tuple[Step, ...]:
        """Forward steps of one phase."""
        return tuple(step for step in self.forward if step.phase is phase)

    @property
    def forward_text(self) -> str:
        """The change as a person pastes it at the privileged prompt."""
        return steps.paste(self.forward)

    @property
    def inverse_text(self) -> str:
        """The inverse as a person pastes it at the privileged prompt."""
        return steps.paste(self.inverse)


def compose(
    host: str,
    os: str,
    running: Config,
    *,
    created: Sequence[ConfigObject] = (),
    removed: Sequence[ConfigObject] = (),
    edited: Sequence[Edit] = (),
    reused: Sequence[ConfigObject] = (),
    stays: Iterable[str] = (),
) -> Change:
    """The change that does this to a device that runs ``running``: make before break, and its inverse."""
    back = tuple(edit.reversed for edit in edited)
    again = steps.placed(removed, running)
    return Change(
        host,
        os,
        tuple(created),
        tuple(reused),
        (*steps.create(os, created), *steps.change(os, edited), *steps.remove(os, removed)),
        (*steps.create(os, again), *steps.change(os, back), *steps.remove(os, created)),
        (*blast_radius(created, running), *edit_radius(edited, running), *removal_radius(removed, edited, running)),
        tuple(removed),
        tuple(stays),
        tuple(edited),
    )
