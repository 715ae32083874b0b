"""The page that a person needs at 3 a.m. is there before a device is armed, is true, and says when it no longer holds."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from msgspec.structs import replace
from netmiko import ConnectHandler

from nr_run.changes.plans.change import Change
from nr_run.runbooks.engine.rollback.cancel_page import CANCELLED, PAGE, armed_pages, of_others, table
from nr_run.services.service import Foreign
from nr_run.tasks.rollback_timers import ROLLBACK_TIMERS

from .. import warm
from ..changes.rendering import ends
from ..timed_pair import DEVICES, REPLACE, REVERT, TimedPair
from .plans import plan_of

ROOT = Path(__file__).parents[2]


def pages(timed: TimedPair) -> dict[str, str]:
    """Device to its page, of the only run."""
    return {path.parent.name: path.read_text() for path in (timed.folder / "runs").glob(f"2*/*/*/{PAGE}")}


def steps(page: str, number: int) -> list[str]:
    """The commands below one step of a page."""
    (body,) = re.findall(rf"^{number}\. .*?\n(.*?)^{number + 1}\. ", page, re.MULTILINE | re.DOTALL)
    return [line.strip() for line in body.splitlines() if line.startswith("     ")]


def confirm(timed: TimedPair, device: str, line: str) -> None:
    """Type a line as the user whom the timer names."""
    place = timed.lab.devices[device]
    user, password = ((timed.lab.credentials / name).read_text().strip() for name in ("device-username", "device-password"))
    enable = (timed.lab.credentials / "enable-secret").read_text().strip()
    with ConnectHandler(
        device_type="cisco_ios", host=place.host, port=place.port, username=user, password=password, secret=enable
    ) as other:
        other.enable()
        other.send_command_timing(line)


def test_the_page_is_there_before_the_device_is_armed(timed: TimedPair) -> None:
    """Killed the moment it begins to arm, a run has left the pages, with what is armed, when it fires and the files to paste."""
    timed.kill_at("arming", host=REPLACE)
    text = pages(timed)[REPLACE]
    (run,) = (timed.folder / "runs").glob("2*")
    assert text.startswith(f"A TIMER IS ARMED on {REPLACE}")
    for word in (
        f"NR-{run.name}",
        f"nr-run resume {run.name}",
        str(run / "hq-branch" / REPLACE / "rollback.cfg"),
        "write memory",
    ):
        assert word in text
    (fires,) = re.findall(r"^fires   (\S+ \S+) UTC, 15 minutes", text, re.MULTILINE)
    left = datetime.strptime(fires, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) - datetime.now(UTC)
    assert 0 < left.total_seconds() <= 15 * 60
    assert f"latest  {fires[:10]}" in text or "latest  " in text


def test_the_page_speaks_of_the_devices_that_there_are() -> None:
    """It names the other device where there is one, and where the other end is not ours it says so."""
    near, _ = ends()
    two = plan_of("hq-branch", near, "", Change(near.local.host, "ios", (), (), (), (), ()))
    words = of_others(two, "vpn2611")
    assert words["others"] == "vpn3640 has a page of its own beside this one: all have to end alike."
    assert (words["devices"], words["everywhere"]) == ("vpn2611 and vpn3640", ", on vpn2611 and vpn3640")
    (mine, _), partner = two.deployment.members, Foreign("PARTNER", (IPv4Address("192.0.2.1"),), (), ())
    alone = replace(two.deployment, members=(mine,), pushing=("vpn2611",), foreign=(partner,))
    words = of_others(replace(two, deployment=alone, members=two.members[:1]), "vpn2611")
    assert words["others"] == "No other device is part of this change. PARTNER is not ours: nothing was sent to it."
    assert (words["devices"], words["run_it"], words["everywhere"]) == ("vpn2611", "runs it", "")


def test_the_lines_of_the_page_cancel_what_is_armed(timed: TimedPair) -> None:
    """Typed as they stand, the lines show and cancel both timers of a killed run: nothing of a timer is left on either device."""
    timed.kill_at("triggering")
    texts = pages(timed)
    assert set(texts) == set(DEVICES)
    for device, text in texts.items():
        see, cancel = steps(text, 1), steps(text, 2)[:-1]
        assert steps(text, 2)[-1] == "write memory"
        assert any(re.search(r"NR-2|nr-2|Timer value", timed.shows(device, line)) for line in see)
        if device == REVERT:
            assert cancel == ["configure confirm"]
            confirm(timed, device, cancel[0])
        else:
            opening, rest = cancel[: cancel.index("end") + 1], cancel[cancel.index("end") + 1 :]
            timed.lab.exec(device, "\n".join(opening))
            for line in rest:
                timed.lab.exec(device, line)
    timed.assert_no_residue()
    (run,) = (timed.folder / "runs").glob("2*")
    assert len(armed_pages(run)) == 2  # what a person typed is not known here


@pytest.mark.parametrize("fault", [None, "wrong-psk"])
def test_the_page_says_that_it_no_longer_holds(timed: TimedPair, fault: str | None) -> None:
    """When a run has cancelled its timers, be it after a proof or after a roll-back, each page says so and nothing else."""
    if fault:
        timed.lab.fault(REPLACE, fault)
    code, report = timed.run("deploy-l2l", "--yes")
    assert code == (20 if fault else 0), report
    assert set(pages(timed)) == set(DEVICES)
    for text in pages(timed).values():
        assert text.startswith(CANCELLED)
        assert len(text.splitlines()) == 1


def test_resume_ends_the_pages(timed: TimedPair) -> None:
    """What a killed run left armed is named by show with its page; after resume no page holds any more."""
    timed.kill_at("triggering")
    (run,) = (timed.folder / "runs").glob("2*")
    command = [str(Path(sys.executable).parent / "nr-run"), "show", run.name, "--runs", str(run.parent)]
    shown = warm.run(command, timed.environment)
    assert all(str(page) in shown.stdout for page in armed_pages(run))
    assert len(armed_pages(run)) == 2
    code, report = timed.run("resume")
    assert code == 20, report
    assert armed_pages(run) == []


def test_the_table_of_the_documents_is_current() -> None:
    """docs/explanation/automatic-rollback.md has the steps of every timer as the recap and the pages have them."""
    assert table() in (ROOT / "docs" / "explanation" / "automatic-rollback.md").read_text()


@pytest.mark.parametrize("name", sorted(ROLLBACK_TIMERS))
def test_every_timer_says_how_it_is_seen_and_cancelled(name: str) -> None:
    """What is looked at for the state of a timer is what a person is told to look at, but for the clock; no name is left open."""
    hand = ROLLBACK_TIMERS[name].by_hand.filled("nr-20261129T000000Z-abcd")
    assert set(hand.see) <= set(ROLLBACK_TIMERS[name].shows)
    assert hand.cancel
    assert not [line for line in (*hand.see, *hand.cancel, *hand.undo) if "{" in line or "..." in line]
    assert all(word in ROLLBACK_TIMERS[name].by_hand.sentence for word in hand.see)
