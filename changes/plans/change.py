"""The change of one device: objects that it creates, edits and removes, the ordered steps and their exact inverse."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...inventory.errors import ChangeError
from ..blast_radius import blast_radius, edit_radius, removal_radius
from ..family import Phase
from ..objects import Config, ConfigObject, Key
from . import steps
from .steps import Edit, Step


class Change(Struct, frozen=True):
    """The change of one device and its inverse. Secrets are placeholders throughout."""

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
    #: The same change in stages, in the order in which they are pushed; empty where there is one.
    stages: tuple[Change, ...] = ()
    #: The same stages in the order in which they are rolled back.
    way_back: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        """False if nothing is to be done."""
        return bool(self.created or self.removed or self.edited)

    @property
    def is_destructive(self) -> bool:
        """True if it edits or removes something, so that its inverse restores something."""
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

    @property
    def done(self) -> Change:
        """The same change as it is planned once it was applied: without steps."""
        return replace(self, created=(), removed=(), edited=(), forward=(), inverse=(), stages=(), way_back=())

    def up_to(self, index: int) -> Change:
        """The part of the change that is on the device once the stage of this index was pushed."""
        if not self.stages:
            return self
        return in_stages(self.stages[: index + 1], range(index, -1, -1))

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
    again = steps.placed(removed, running, running)
    return Change(
        host,
        os,
        tuple(created),
        tuple(reused),
        (*steps.create(os, created, running), *steps.change(os, edited), *steps.remove(os, removed)),
        (*steps.create(os, again, running), *steps.change(os, back), *steps.remove(os, created)),
        (*blast_radius(created, running), *edit_radius(edited, running), *removal_radius(removed, edited, running)),
        tuple(removed),
        tuple(stays),
        tuple(edited),
    )


def in_stages(stages: Sequence[Change], way_back: Sequence[int]) -> Change:
    """One change of one device out of those of its stages, in the order in which they are pushed.

    ``way_back`` has their indices in the order in which they are rolled back. Raises ChangeError when two stages touch one
    object: nobody could tell which form of it to go back to.
    """
    if len(stages) == 1:
        return stages[0]
    twice = next((key for number, one in enumerate(stages) for other in stages[:number] for key in one.keys & other.keys), None)
    if twice is not None:
        words = " ".join((twice[0], *twice[1]))
        raise ChangeError(f"{stages[0].host}: two stages of one change touch {words}, so neither could be rolled back alone")
    back = [stages[index] for index in way_back]
    return Change(
        stages[0].host,
        stages[0].os,
        tuple(item for stage in stages for item in stage.created),
        tuple(item for stage in stages for item in stage.reused if all(item.key not in other.keys for other in stages)),
        tuple(step for stage in stages for step in stage.forward),
        tuple(step for stage in back for step in stage.inverse),
        tuple(dict.fromkeys(sentence for stage in stages for sentence in stage.blast_radius)),
        tuple(item for stage in stages for item in stage.removed),
        tuple(dict.fromkeys(sentence for stage in stages for sentence in stage.stays)),
        tuple(edit for stage in stages for edit in stage.edited),
        tuple(stages),
        tuple(back),
    )


def split(change: Change, stages: Sequence[Collection[Key]], running: Config) -> Change:
    """The same change in stages, each with the objects of one of these sets; what is in none of them goes with the last.

    It is rolled back in the opposite order.
    """
    if len(stages) < 2 or not change:
        return change
    known = frozenset(key for keys in stages for key in keys)
    parts = []
    for number, keys in enumerate(stages):
        last = number == len(stages) - 1

        def here(key: Key, keys: Collection[Key] = keys, last: bool = last) -> bool:
            return key in keys or (last and key not in known)

        parts.append(
            compose(
                change.host,
                change.os,
                running,
                created=[item for item in change.created if here(item.key)],
                removed=[item for item in change.removed if here(item.key)],
                edited=[edit for edit in change.edited if here(edit.key)],
                reused=change.reused if last else (),
                stays=change.stays if last else (),
            )
        )
    return in_stages(parts, range(len(parts) - 1, -1, -1))
