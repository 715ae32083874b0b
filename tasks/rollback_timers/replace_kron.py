"""A copy of the running configuration, kron that replaces the running one by it, and a reload at twice the time behind both.

For releases that have ``configure replace`` and no revert timer. The kron lines are no part of the change: they are left out of
every running configuration that the run takes, never saved, and verified gone with the file when the timer is cancelled. When
kron fires, or the device reloads, they vanish with what they replace; the file and the reload stay until the run clears them.
Sources: Cisco's "Configuration Replace and Configuration Rollback" and "Command Scheduler (Kron)" feature guides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...changes.timer_config import command_of, file_of, name_of, occurrence, policy
from ...checks.observations.listing import KRON
from ...checks.readiness.rollback_methods import CONFIGURE_REPLACE
from ...checks.readiness.timers import FLASH, RELOAD, flash_files, kron_rows
from ...inventory.errors import DeviceRefused, DriftError
from ..answers import configuration
from ..sessions.session import Reply, Session
from .by_hand import ByHand
from .questions import COPY, DELETE, NONE
from .reload_backstop import SCHEDULED, WithReloadBackstop
from .reload_in import CANCEL, reload_state
from .timer import Arming, State, named

PATIENCE_SECONDS = 90.0


class ReplaceKron(WithReloadBackstop):
    """Rolls back to the copy without a reload, and reloads if even that fails."""

    name = CONFIGURE_REPLACE
    shows: tuple[str, ...] = (KRON, RELOAD, FLASH)
    by = "kron and configure replace"
    by_hand = ByHand(
        see=(KRON, RELOAD, FLASH),
        cancel=(
            *("configure terminal", "no kron occurrence {name}", "no kron policy-list {name}", "end"),
            *(CANCEL, "delete /force {file}"),
        ),
        undo=("configure replace {file} force",),
    )

    def state(self, outputs: Mapping[str, str], arming: Arming) -> State:
        """Kron, reload and file are one rollback timer."""
        rows, outer = kron_rows(outputs[KRON]), reload_state(outputs, arming)
        name = name_of(arming.tag)
        filed = _file(arming) in flash_files(outputs[FLASH])
        others = outer.others or ", ".join(f"kron occurrence {row}" for row in rows if row.startswith("NR-") and row != name)
        armed = name in rows and outer.armed and filed
        return State(armed, name in rows or outer.armed or filed, others, rows.get(name))

    def revert_now(self, device: Session, arming: Arming) -> bool:
        """``configure replace`` by hand."""
        with named(arming.host):
            if _file(arming) not in flash_files(device.ask(FLASH)):
                return False
        device.answer_prompts(command_of(arming.tag), NONE, patience_seconds=PATIENCE_SECONDS)
        return True

    def _prepare(self, device: Session, arming: Arming) -> tuple[str, ...]:
        """The copy, while no line of ours runs. It may ask several things, so nothing is typed behind it."""
        device.answer_prompts(f"copy running-config {file_of(arming.tag)}", COPY, patience_seconds=PATIENCE_SECONDS)
        return (f"more {file_of(arming.tag)}",)

    def _refuse_other(self, device: Session, arming: Arming, replies: Sequence[Reply]) -> None:
        (copied,) = replies
        if not configuration(device, copied).equals(arming.before):
            raise DriftError(f"{arming.host}: the copy in {file_of(arming.tag)} is not what the device ran when it was read")

    def _away(self, arming: Arming) -> tuple[str, ...]:
        return (f"no {occurrence(arming.tag, arming.minutes)[0].partition(' in ')[0]}",)

    def _lines(self, arming: Arming) -> tuple[str, ...]:
        return (*policy(arming.tag), *occurrence(arming.tag, arming.minutes))

    def _refuse_unless_counting(self, arming: Arming, state: State, seen: Mapping[str, str]) -> None:  # noqa: ARG002
        if not state.armed:
            raise DeviceRefused(f"{arming.host}: the configure replace that should undo a lost change is not scheduled")

    def _lines_away(self, arming: Arming, seen: Mapping[str, str], *, stands: bool) -> tuple[str, ...]:
        name = name_of(arming.tag)
        return (f"no kron occurrence {name}", f"no kron policy-list {name}") if stands or name in kron_rows(seen[KRON]) else ()

    def _rest_away(self, device: Session, arming: Arming, parts: Mapping[str, bool]) -> tuple[Reply, ...]:
        """The file goes last, since a release may ask before it deletes one: behind that line nothing is typed."""
        if not parts[_of_file(arming)]:
            return super()._rest_away(device, arming, parts)
        delete = f"delete /force {file_of(arming.tag)}"
        device.conclude(self._cancel(parts), delete, DELETE, patience_seconds=PATIENCE_SECONDS)
        return device.send_batch(self.shows)

    def _parts(self, seen: Mapping[str, str], arming: Arming) -> Mapping[str, bool]:
        name = name_of(arming.tag)
        return {
            f"kron {name}": name in kron_rows(seen[KRON]),
            SCHEDULED: reload_state(seen, arming).armed,
            _of_file(arming): _file(arming) in flash_files(seen[FLASH]),
        }


def _file(arming: Arming) -> str:
    return file_of(arming.tag).removeprefix("flash:")


def _of_file(arming: Arming) -> str:
    return f"the file {file_of(arming.tag)}"
