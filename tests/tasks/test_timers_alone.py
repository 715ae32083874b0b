"""What a timer refuses where a device says otherwise than it did: each answer comes from a device that is told what to say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.change import Change
from nr_run.checks.readiness.timers import RELOAD
from nr_run.inventory.errors import DeviceRefused, DriftError, NotKnown, NrRunError
from nr_run.inventory.models.platforms import platform_for
from nr_run.tasks.rollback_timers.reload_in import ReloadIn, reload_state
from nr_run.tasks.rollback_timers.revert_timer import ConfigureRevertTimer
from nr_run.tasks.rollback_timers.timer import Arming
from nr_run.tasks.sessions.session import Session

from .scripted import PROMPT, Scripted, connect, credentials

TAG = "nr-20261129T000000Z-abcd"
RUNNING = "version 12.4\nhostname vpn2611\nline vty 0 4\nend\n"
ARMING = Arming(
    "vpn2611",
    platform_for("2611", "12.2(8)T"),
    15,
    TAG,
    Change("vpn2611", "ios", (), (), (), (), ()),
    Configuration("vpn2611", "ios", "show running-config", RUNNING),
    user="netops",
)
NOTHING = "No reload is scheduled.\r\n"
ELSE = "Reload scheduled in 14 minutes by ops on vty0 (192.0.2.1)\r\nReload reason: maintenance\r\n"
REVERT = "configure terminal revert timer 15"
CONFIGURING = "vpn2611(config)#"
NONE_PENDING = "%No Rollback Confirmed Change pending\r\n"
WORDS = "Enter configuration commands, one per line.  End with CNTL/Z.\r\n"
CLOCK = "10:11:12.123 UTC Mon Mar 4 2024\r\n"


def shows(answers: dict[str, str], entered: str = "") -> Callable[[str], str | None]:
    """A device with these answers, which waits for a confirmation of a reload, and says ``entered`` in configuration mode."""

    def script(line: str) -> str | None:
        if line.startswith("reload in"):
            return f"{line}\r\nProceed with reload? [confirm]"
        if line in (REVERT, "configure terminal"):
            return f"{line}\r\n{entered}{CONFIGURING}"
        return f"{line}\r\n{answers[line]}{PROMPT}" if line in answers else None

    return script


def schedule(device: Session) -> object:
    """Arm a reload."""
    return ReloadIn().arm(device, ARMING)


def cancel_by_hand(device: Session) -> object:
    """Call a reload off that was armed."""
    return ReloadIn().disarm(device, ARMING, ())


def revert(device: Session) -> object:
    """Arm a revert timer."""
    return ConfigureRevertTimer().arm(device, ARMING)


REVERTING = {"show clock": CLOCK, "end": "", "show archive config rollback timer": NONE_PENDING}


@pytest.mark.parametrize(
    ("answers", "entered", "does", "error", "sentence"),
    [
        ({"show reload": NOTHING}, "", schedule, DeviceRefused, "the reload that should undo a lost change is not scheduled"),
        (
            {"show reload": NOTHING},
            "",
            cancel_by_hand,
            DriftError,
            "rollback timer no longer pending; the device may have",
        ),
        (
            {"show reload": ELSE},
            "",
            cancel_by_hand,
            DriftError,
            r"has replaced this run's \(a reload, maintenance\)",
        ),
        (REVERTING, "", revert, DeviceRefused, f"'{REVERT}' was answered with ''"),
        (REVERTING, WORDS, revert, DeviceRefused, r"should undo a lost change is not pending \(none\)"),
    ],
)
def test_what_a_timer_refuses(
    tmp_path: Path,
    answers: dict[str, str],
    entered: str,
    does: Callable[[Session], object],
    error: type[NrRunError],
    sentence: str,
) -> None:
    """A timer counts as armed, or as cancelled, only where the device shows it."""
    with Scripted(shows(answers, entered)) as box:
        device = connect(box.port, credentials(tmp_path))
        try:
            with pytest.raises(error, match=sentence):
                does(device)
        finally:
            device.close()


def confirm(device: Session) -> object:
    """Confirm a change whose revert timer was armed."""
    return ConfigureRevertTimer().disarm(device, ARMING, ())


def renew(device: Session) -> object:
    """Let an armed reload restart."""
    return ReloadIn().renew(device, ARMING)


OTHERS_REVERT = (
    "Time configured(or reconfigured): 10:01:33 UTC Mon Mar 4 2024\r\nTimed Rollback Reason: Absolute Timer\r\n"
    "Timer value: 33 min\r\nUser: netops\r\n"
)


@pytest.mark.parametrize(
    ("answers", "does", "never"),
    [
        ({"show reload": ELSE}, cancel_by_hand, "reload cancel"),
        ({"show archive config rollback timer": OTHERS_REVERT, "show clock": CLOCK}, confirm, "configure confirm"),
        ({"show reload": ELSE}, schedule, ""),
        ({"show reload": f"{ELSE.partition(chr(13))[0]}\r\n"}, schedule, ""),
        ({"show reload": ELSE}, renew, ""),
    ],
    ids=["reload cancel", "configure confirm", "arm", "arm without a reason", "renew"],
)
def test_a_timer_of_somebody_else_is_left_alone(
    tmp_path: Path, answers: dict[str, str], does: Callable[[Session], object], never: str
) -> None:
    """Whose a timer is comes before the line that ends it, or takes its place: that line, or that answer, is never typed."""
    with Scripted(shows(answers)) as box:
        device = connect(box.port, credentials(tmp_path))
        try:
            with pytest.raises(DriftError):
                does(device)
        finally:
            device.close()
        assert box.ended.wait(10)
        asked = [number for number, line in enumerate(box.typed) if line.startswith("reload in")]
        assert never not in box.typed[2:]
        assert asked in ([], [len(box.typed) - 1]), "the question whether to reload was not answered"


def test_a_reload_without_a_reason_is_nobodys() -> None:
    """The line with the reason comes last: an answer that was cut behind the first does not make this run's reload another's."""
    first, _, _ = ELSE.partition("\r\n")
    assert not reload_state({RELOAD: f"{first}\nReload reason: maintenance\n"}, ARMING).remains
    assert reload_state({RELOAD: f"{first}\nReload reason: {TAG}\n"}, ARMING).armed
    with pytest.raises(NotKnown, match="no reason for it, so it is not known whether it is this run's"):
        reload_state({RELOAD: f"{first}\n"}, ARMING)
