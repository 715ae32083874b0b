"""A configuration that no size proves is read over two logins, wherever it speaks for or against a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from nornir.core import Nornir
from nornir.core.task import Result

from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.entry import LabHandle
from nr_run.tasks import answers, gather, save

from ..warm import start_lab
from .test_netmiko_connection import plain

DEVICES = {"old": "vpn2611", "fw": "asa919"}
PLATFORMS = {"old": platform_for("2611", "12.2(8)T"), "fw": platform_for("ASA", "9.19(1)")}
#: Lost once, with a line that a whole configuration may lack, so that nothing but the size tells.
LOST = {"old": "ip subnet-zero", "fw": "mtu"}
RUNNING, STARTUP = "show running-config", "show startup-config"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A router that prints sizes, and a firewall that prints none."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=DEVICES, speed=20.0) as handle:
        yield handle


@pytest.fixture
def nornir(lab: LabHandle) -> Iterator[Nornir]:
    """A Nornir of both."""
    made = plain(lab, *DEVICES)
    yield made
    made.close_connections(on_good=True, on_failed=True)


def read(lab: LabHandle, nornir: Nornir, name: str, task: Callable[..., Result]) -> tuple[str, int]:
    """The texts that a task takes for the configurations of a device, and how often it had to log in."""
    arguments = {"platform": PLATFORMS[name]} if task is gather.gather else {}
    before = lab.counters(name).logins
    done = nornir.filter(name=name).run(task, **arguments)[name]
    assert not done.failed, str(done.exception)
    found = done.result
    shown = [found] if isinstance(found, answers.Configuration) else [found.running, found.running_as_saved, found.startup]
    assert len({LOST[name] in one.text for one in shown}) == 1
    return shown[0].text, lab.counters(name).logins - before


PLACES = [
    pytest.param("old", gather.gather, RUNNING, 2, id="gather, running"),
    pytest.param("old", gather.gather, STARTUP, 2, id="gather, startup"),
    pytest.param("old", answers.running, RUNNING, 2, id="what runs"),
    pytest.param("old", answers.startup, STARTUP, 2, id="what is saved"),
    pytest.param("old", save.save, RUNNING, 2, id="save, running"),
    pytest.param("old", save.save, STARTUP, 2, id="save, startup"),
    pytest.param("fw", answers.startup, STARTUP, 3, id="what an ASA has saved"),
    pytest.param("fw", save.save, STARTUP, 2, id="save of an ASA"),
]


@pytest.mark.parametrize(("name", "task", "command", "logins"), PLACES)
def test_what_no_size_proves_is_read_again(
    lab: LabHandle, nornir: Nornir, name: str, task: Callable[..., Result], command: str, logins: int
) -> None:
    """An answer that lost a line once is not taken for the configuration: the one of later logins is."""
    lab.fault(name, "lose-lines", LOST[name], command, "1")
    text, needed = read(lab, nornir, name, task)
    assert LOST[name] in text
    assert needed == logins
    assert lab.status()[name]["faults"] == {}


@pytest.mark.parametrize("task", [gather.gather, answers.running, answers.startup, save.save])
def test_a_size_that_fits_is_proof(lab: LabHandle, nornir: Nornir, task: Callable[..., Result]) -> None:
    """One login is enough where the device prints a size, and it fits."""
    assert read(lab, nornir, "old", task)[1] == 1


@pytest.mark.parametrize(("task", "logins"), [(gather.gather, 2), (answers.running, 1), (answers.startup, 2), (save.save, 1)])
def test_a_witness_is_as_good_as_a_size(lab: LabHandle, nornir: Nornir, task: Callable[..., Result], logins: int) -> None:
    """An ASA shows what runs by two commands, and what was just saved is what runs; what it has saved alone takes two logins."""
    assert read(lab, nornir, "fw", task)[1] == logins
