"""The public Nornir tasks on a plain Nornir: plain data, a true ``changed`` and ``diff``, and dry runs that change nothing."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Iterator

import pytest
from nornir.core import Nornir

from nr_run.changes.plans.change import Change
from nr_run.inventory.errors import ChangeError, DeviceRefused, IntentError, NrRunError
from nr_run.lab.entry import LabHandle
from nr_run.tasks.access.connect import connect
from nr_run.tasks.nornir_tasks import gather, observe, probe, push, render, save

from ..warm import start_lab
from .test_netmiko_connection import DEVICES, plain

LIST = "ip access-list extended MINE\n permit ip host 192.0.2.1 any\n"
OF = {"old": LIST, "young": LIST, "fw": "access-list MINE extended permit ip host 192.0.2.1 any\n"}
INSIDE = {"old": "10.10.10.1", "young": "10.10.17.1", "fw": "10.10.119.1"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """A router by telnet, one by SSH and a firewall; each test leaves them as it found them."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=DEVICES, speed=20.0) as handle:
        yield handle


@pytest.fixture
def nornir(lab: LabHandle) -> Iterator[Nornir]:
    """A Nornir with user name, password and platform at each host, and nothing else."""
    made = plain(lab)
    yield made
    made.close_connections(on_good=True, on_failed=True)


def running(lab: LabHandle, name: str) -> str:
    """What the device runs, without the time at which it says that it was written."""
    shown = lab.exec(name, "more system:running-config" if name == "fw" else "show running-config")
    return re.sub(r"(?m)^: Written by .*\n", "", shown)


def test_results_are_plain_data(nornir: Nornir) -> None:
    """json and pickle take what each reading task returns; model and release came from the devices themselves."""
    read = nornir.run(gather)
    assert not read.failed, [str(item.exception) for item in read.values()]
    assert {name: read[name].result["platform"] for name in DEVICES} == {
        "old": "2611 with 12.2(8)T",
        "young": "C8000V with 17.9.4a",
        "fw": "ASA with 9.19(1)",
    }
    assert not any(item.changed for item in read.values())
    for task, arguments in ((gather, {}), (observe, {})):
        for item in nornir.run(task, **arguments).values():
            assert json.loads(json.dumps(item.result)) == item.result
            assert pickle.loads(pickle.dumps(item.result)) == item.result  # noqa: S301 - what was dumped in this line
    assert read["young"][0].record.running.text == read["young"].result["running"]


@pytest.mark.parametrize("name", DEVICES)
def test_push_is_true_about_what_it_changed(lab: LabHandle, nornir: Nornir, name: str) -> None:
    """A dry run changes nothing and says what would; the push changes it once; taking it away gives the device back as it was."""
    host, before = nornir.filter(name=name), running(lab, name)
    lines = [f"+{line}" for line in OF[name].splitlines()]
    planned = host.run(push, desired=OF[name], dry_run=True)[name][0]
    assert planned.changed
    assert planned.diff.splitlines() == lines
    assert isinstance(planned.record, Change)
    assert running(lab, name) == before
    done = host.run(push, desired=OF[name])[name][0]
    assert done.changed
    assert set(lines) <= set(done.diff.splitlines())
    again = host.run(push, desired=OF[name])[name][0]
    assert (again.changed, again.diff) == (False, "")
    gone = host.run(push, remove=OF[name])[name][0]
    assert gone.changed
    assert {line.replace("+", "-", 1) for line in lines} <= set(gone.diff.splitlines())
    assert "MINE" not in running(lab, name)


def test_nornirs_own_dry_run_is_respected(lab: LabHandle, nornir: Nornir) -> None:
    """``dry_run`` of the Nornir counts where the task says nothing."""
    nornir.data.dry_run = True
    done = nornir.filter(name="young").run(push, desired=LIST)["young"]
    assert done.changed
    assert "MINE" not in running(lab, "young")
    assert nornir.filter(name="young").run(save)["young"].result["saved"] is False


def test_save_is_true_about_what_it_changed(lab: LabHandle, nornir: Nornir) -> None:
    """What runs and is saved already is not saved again; what was not saved is the diff."""
    host = nornir.filter(name="young")
    host.run(save)
    assert not host.run(save)["young"].changed
    lab.exec("young", "configure terminal\nip access-list extended MINE\npermit ip host 192.0.2.1 any\nend")
    assert host.run(save, dry_run=True)["young"].changed
    assert "MINE" not in lab.exec("young", "show startup-config")
    done = host.run(save)["young"][0]
    assert (done.changed, done.result) == (True, {"saved": True, "equal": True})
    assert "+ip access-list extended MINE" in done.diff
    assert "MINE" in lab.exec("young", "show startup-config")
    host.run(push, remove=LIST)
    host.run(save)


@pytest.mark.parametrize("name", DEVICES)
def test_probe_pings_from_the_inside(nornir: Nornir, name: str) -> None:
    """Each platform's own form of a sourced ping, from plain text."""
    done = nornir.filter(name=name).run(probe, source=INSIDE[name], target=INSIDE[name].rsplit(".", 1)[0] + ".10", count=3)[name]
    assert not done.failed, done.exception
    assert (done.result["sent"], done.result["received"]) == (3, 3)


@pytest.mark.parametrize(
    ("task", "arguments", "kind", "words"),
    [
        (push, {"desired": "hostname other\n"}, ChangeError, "young: no rule knows the line 'hostname other'"),
        (push, {}, NrRunError, "young: push takes a text to add"),
        (push, {"desired": LIST, "remove": LIST}, NrRunError, "not both"),
        (push, {"remove": LIST}, ChangeError, "is not there any more"),
        (
            push,
            {"desired": "crypto isakmp key <secret:env:NOT_THERE> address 192.0.2.9\n"},
            NrRunError,
            "env:NOT_THERE not found",
        ),
        (probe, {"source": "inside", "target": "192.0.2.1"}, NrRunError, "young: 'inside' is not an IPv4 address"),
        (render, {"template": "no-such.j2"}, NrRunError, "young: template no-such.j2: there is no such template"),
    ],
)
def test_a_refusal_is_one_sentence(lab: LabHandle, nornir: Nornir, task, arguments, kind, words: str) -> None:
    """What cannot be done is said with the device's name, and nothing is changed."""
    before = running(lab, "young")
    error = nornir.filter(name="young").run(task, **arguments)["young"].exception
    assert isinstance(error, kind)
    assert words in str(error)
    assert running(lab, "young") == before


def test_what_the_device_refuses_half_way_is_taken_back(lab: LabHandle, nornir: Nornir) -> None:
    """The first of two objects is there when the second is refused: the error says so, and that nothing of it is left."""
    before = running(lab, "old")
    lab.fault("old", "refuse-line", "group 2")
    try:
        text = f"{LIST}crypto isakmp policy 77\n encr 3des\n authentication pre-share\n group 2\n"
        error = nornir.filter(name="old").run(push, desired=text)["old"].exception
    finally:
        lab.fault("old", "refuse-line", on=False)
    assert isinstance(error, DeviceRefused)
    assert str(error).endswith("; it was rolled back, and nothing of the change is left")
    assert running(lab, "old") == before


def test_a_host_says_what_it_is(nornir: Nornir) -> None:
    """Model and release of the host's data count before what the device says; a model that is in no table is one sentence."""
    host = nornir.inventory.hosts["young"]
    host.data.update(model="C8000V", release="17.3.1")
    assert nornir.filter(name="young").run(gather)["young"].result["platform"] == "C8000V with 17.3.1"
    nornir.data.reset_failed_hosts()
    host.data.update(model="9300", release="17.3.1")
    error = nornir.filter(name="young").run(gather)["young"].exception
    assert isinstance(error, IntentError)
    assert str(error).startswith("young: model '9300' is not known")
    assert "a model of your own is added in platforms.yaml" in str(error)


def test_connect_lets_netmikos_tasks_use_our_connection_from_the_start(lab: LabHandle, nornir: Nornir) -> None:
    """After connect() a task of nornir-netmiko that comes first has opened our driver: one login for all."""
    from nornir_netmiko.tasks import netmiko_send_command

    connect(nornir)
    lab.reset_counters()
    assert (
        "hostname young"
        in nornir.filter(name="young").run(netmiko_send_command, command_string="show running-config")["young"].result
    )
    assert not nornir.filter(name="young").run(observe).failed
    assert lab.counters("young").logins == 1
    with pytest.raises(NrRunError, match=r"no host is named 'yuong'.*did you mean young"):
        connect(nornir, hosts=["yuong"])
