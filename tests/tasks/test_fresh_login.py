"""A new login goes on beside the work of an open session, and a rollback timer is cancelled only when it has succeeded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from nornir.core import Nornir
from nornir.core.task import Result, Task

from nr_run.changes.configurations.configuration import Configuration
from nr_run.changes.plans.change import Change
from nr_run.checks.readiness.rollback_methods import RELOAD_IN
from nr_run.inventory.errors import Unreachable
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.entry import LabHandle
from nr_run.tasks import fresh_login
from nr_run.tasks.arming import arm, disarm, reconnect_and_observe
from nr_run.tasks.device import Stop, session
from nr_run.tasks.gather import gather
from nr_run.tasks.push import push
from nr_run.tasks.rollback_timers import Arming
from nr_run.tasks.undo import Undoing, undo

from ..warm import start_lab
from .test_netmiko_connection import plain

DEVICES = {"old": "vpn2611", "young": "c8000v-17", "fw": "asa919"}
TAG = "nr-20261129T000000Z-abcd"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A router that is reached by telnet, one by SSH, and a firewall that prints no sizes."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=DEVICES, speed=20.0) as handle:
        handle.keep()
        yield handle


@pytest.fixture
def nornir(lab: LabHandle) -> Iterator[Nornir]:
    """All of them, as they were."""
    lab.rewind()
    lab.reset_counters()
    made = plain(lab, *DEVICES)
    yield made
    made.close_connections(on_good=True, on_failed=True)


def done(nornir: Nornir, name: str, work: Callable[..., Result], **arguments: Any) -> Any:
    """What a task gives on one device. Raises what it raises."""
    nornir.data.reset_failed_hosts()
    found = nornir.filter(name=name).run(work, **arguments)[name][0]
    if found.exception is not None:
        raise found.exception
    return found.result


def armed(lab: LabHandle, nornir: Nornir, name: str) -> dict[str, Any]:
    """A reload that this run has armed; the arguments that cancel it."""
    running = Configuration(name, "ios", "show running-config", lab.exec(name, "show running-config"))
    change = Change(name, "ios", (), (), (), (), ())
    arming = Arming(name, platform_for("C8000V", "17.9.4"), 15, TAG, change, running, user="nr")
    arguments = {"method": RELOAD_IN, "arming": arming}
    done(nornir, name, arm, **arguments)
    return arguments


def asks(task: Task) -> Result:
    """Ask something over the session that is open."""
    return Result(host=task.host, result=session(task).ask("show clock"))


def test_a_login_that_was_begun_is_not_made_again(lab: LabHandle, nornir: Nornir) -> None:
    """The timer is cancelled on the login that went on beside other work."""
    arguments = armed(lab, nornir, "young")
    done(nornir, "young", fresh_login.begin)
    assert done(nornir, "young", asks)
    done(nornir, "young", disarm, **arguments)
    assert lab.counters("young").logins == 2
    assert "No reload" in lab.exec("young", "show reload")


@pytest.mark.parametrize("begun", [True, False], ids=["begun before", "made then"])
def test_a_login_that_fails_cancels_nothing(lab: LabHandle, nornir: Nornir, begun: bool) -> None:
    """The timer counts on, and the open session stays: it is the only way in that is left."""
    arguments = armed(lab, nornir, "young")
    lab.fault("young", "login-refused")
    try:
        if begun:
            done(nornir, "young", fresh_login.begin)
        with pytest.raises(Unreachable, match=r"^young: the device refuses"):
            done(nornir, "young", disarm, **arguments)
        assert TAG in lab.exec("young", "show reload")
        assert done(nornir, "young", asks)
    finally:
        lab.fault("young", "login-refused", on=False)


def test_a_login_of_long_ago_is_made_again(lab: LabHandle, nornir: Nornir, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was proved too long before the cancelling is proved once more."""
    monkeypatch.setattr(fresh_login, "FRESH_SECONDS", 0.0)
    arguments = armed(lab, nornir, "young")
    done(nornir, "young", fresh_login.begin)
    done(nornir, "young", disarm, **arguments)
    assert lab.counters("young").logins == 3


def test_a_login_that_failed_gives_its_line_back(lab: LabHandle, nornir: Nornir) -> None:
    """More logins in a row are refused than there are lines, each for its password: a connection that is given up is closed."""
    lab.fault("young", "login-refused")
    try:
        for _ in range(12):
            with pytest.raises(Unreachable, match="refuses the user name or the password"):
                done(nornir, "young", asks)
    finally:
        lab.fault("young", "login-refused", on=False)


def test_a_login_that_failed_too_early_is_made_again(lab: LabHandle, nornir: Nornir) -> None:
    """What a login goes by may have come about since the one beside the proof failed: one that is made now decides."""
    arguments = armed(lab, nornir, "young")
    lab.fault("young", "login-refused")
    try:
        done(nornir, "young", fresh_login.begin)
        driver = nornir.inventory.hosts["young"].connections["netmiko"].connection
        with pytest.raises(Unreachable):
            driver.fresh_login.succeeded()
    finally:
        lab.fault("young", "login-refused", on=False)
    done(nornir, "young", disarm, **arguments)
    assert "No reload" in lab.exec("young", "show reload")


@pytest.mark.parametrize("what", ["change", "rollback"])
def test_a_login_of_before_a_change_proves_nothing_of_it(lab: LabHandle, nornir: Nornir, what: str) -> None:
    """Where lines are typed, or taken away again, behind the login that was begun, another one is made."""
    shown = lab.exec("young", "show running-config")
    change = Change("young", "ios", (), (), (), (), ())
    done(nornir, "young", asks)
    done(nornir, "young", fresh_login.begin)
    if what == "change":
        done(nornir, "young", push, change=change, stop=Stop(), note=lambda *_words, **_more: None)
    else:
        undoing = Undoing(change, Configuration("young", "ios", "show running-config", shown), False, lambda *_w, **_m: None)
        done(nornir, "young", undo, undoing=undoing, patience_seconds=0.0, pause_seconds=0.1)
    done(nornir, "young", reconnect_and_observe)
    assert lab.counters("young").logins >= 3


def test_a_login_is_of_its_session(lab: LabHandle, nornir: Nornir) -> None:
    """Where the session was lost since, the login that was begun beside it proves nothing any more."""
    done(nornir, "young", asks)
    done(nornir, "young", fresh_login.begin)
    nornir.close_connections(on_good=True, on_failed=True)
    done(nornir, "young", asks)
    done(nornir, "young", reconnect_and_observe)
    assert lab.counters("young").logins == 4


def test_nothing_begins_over_telnet(lab: LabHandle, nornir: Nornir) -> None:
    """A console server has one line: the second login comes when the first session says nothing."""
    done(nornir, "old", asks)
    done(nornir, "old", fresh_login.begin)
    assert lab.counters("old").logins == 1
    done(nornir, "old", reconnect_and_observe)
    assert lab.counters("old").logins == 2


def test_a_firewall_is_read_over_two_logins_at_once(lab: LabHandle, nornir: Nornir) -> None:
    """Two sessions read it, and the one that was only for reading has ended then."""
    assert done(nornir, "fw", gather, platform=platform_for("ASA", "9.19(1)")).running.text
    assert lab.counters("fw").logins == 2
    assert lab.counters("fw").round_trips == 6
    assert lab.status()["fw"]["sessions"] == 1


def test_a_firewall_that_lets_in_one_at_a_time(lab: LabHandle, nornir: Nornir) -> None:
    """Where one line is left, whichever of the two logins takes it reads first, and the other reading comes behind it."""
    others = [plain(lab, "fw") for _ in range(4)]
    try:
        for other in others:
            done(other, "fw", asks)
        lab.reset_counters()
        assert done(nornir, "fw", gather, platform=platform_for("ASA", "9.19(1)")).running.text
        assert lab.counters("fw").logins >= 2
    finally:
        for other in others:
            other.close_connections(on_good=True, on_failed=True)


def test_a_reading_that_lost_a_line_is_outvoted(lab: LabHandle, nornir: Nornir) -> None:
    """Two readings beside each other that differ count for nothing; the next one decides."""
    lab.fault("fw", "lose-lines", "mtu", "more system:running-config", "1")
    found = done(nornir, "fw", gather, platform=platform_for("ASA", "9.19(1)"))
    assert "mtu" in found.running.text
    assert lab.counters("fw").logins >= 3
