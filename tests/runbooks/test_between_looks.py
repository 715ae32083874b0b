"""What happens between two looks at a device, or at a run, is seen by the second: it changes nothing that was not approved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nr_run.inventory.errors import Locked
from nr_run.runbooks.locking.kernel_lock import hold

from ..timed_pair import REVERT, TimedPair
from .test_terminal import converse


def test_a_run_that_ended_is_not_resumed(rehearsal) -> None:
    """Whoever names a run that finished is told so: exit 66, and nothing is sent."""
    assert rehearsal.deploy("--yes").code == 0
    (run,) = (path.name for path in rehearsal.runs.glob("2*"))
    now = rehearsal.configurations()
    done = rehearsal.nr_run("resume", run)
    assert "has finished; there is nothing to resume" in done.out + done.err
    assert done.code == 66
    assert rehearsal.configurations() == now


def test_an_edit_while_the_device_is_being_saved(rehearsal) -> None:
    """What somebody types while the NVRAM is busy is seen behind the save: the run does not end as one that is verified."""
    rehearsal.lab.fault("vpn2611", "nvram-busy", 99)
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("saving", "vpn2611")
    rehearsal.lab.exec("vpn2611", "configure terminal\nip access-list extended ELSE\npermit ip any any\nend")
    rehearsal.lab.fault("vpn2611", "nvram-busy", on=False)
    out, err = process.communicate(timeout=120)
    assert "ELSE" in out, out + err
    assert process.returncode != 0, out + err
    assert "ip access-list extended ELSE" in rehearsal.lab.exec("vpn2611", "show running-config")


def test_another_way_back_than_was_approved(timed: TimedPair) -> None:
    """A device that has lost its archive path would roll back in another way: nobody has approved that, so nothing is sent."""

    def edit() -> None:
        timed.lab.exec(REVERT, "configure terminal\nno archive\nend\nwrite memory")

    words = ["--poll-interval", "0.1"]
    code, screen = converse(timed.arguments("deploy-l2l", *words), timed.environment, b"y\n", edit)
    shown = "".join(screen.split())
    assert code == 13, screen
    assert "wouldnowrollitselfbackby" in shown
    assert "andnotbyrevert-timer" in shown
    assert "NR-" not in timed.shows(REVERT, "show running-config")


def test_a_file_without_locks(tmp_path: Path) -> None:
    """Where the kernel refuses a lock of a file for another reason than that it is held, its word is in the sentence."""
    path = tmp_path / "lock"
    path.touch()
    with pytest.raises(Locked, match="lock cannot be locked: Bad file descriptor"):
        hold(os.open(path, os.O_PATH), path, lambda: Locked("held"))
