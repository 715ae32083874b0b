"""Nornir's connection ``netmiko`` is ours: one login for the tasks of nr-run, for Netmiko's own and for a user's."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from netmiko import ConnectHandler
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState
from nornir.core.task import Result, Task
from nornir_netmiko.tasks import netmiko_send_command, netmiko_send_config

from nr_run.inventory.errors import IntentError, Unreachable
from nr_run.lab.entry import LabHandle
from nr_run.tasks.access.device_types import register_device_types
from nr_run.tasks.access.drivers import AsaSsh, IosSsh, IosTelnet
from nr_run.tasks.device import session

from ..warm import start_lab

#: One that is reached by telnet and needs enable, one by SSH, and a firewall.
DEVICES = {"old": "vpn2611", "young": "c8000v-17", "fw": "asa919"}
PLATFORMS = {"old": "cisco_ios_telnet", "young": "ios", "fw": "asa"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """One lab for all tests of this file."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=DEVICES, speed=20.0) as handle:
        yield handle


def secret(lab: LabHandle, name: str) -> str:
    """One of the lab's credentials."""
    return (lab.credentials / name).read_text().strip()


def plain(lab: LabHandle, *names: str, **options: object) -> Nornir:
    """A Nornir as anybody builds one: address, user name, password and platform at each host, enable in Netmiko's ``secret``."""
    extras = {"secret": secret(lab, "enable-secret"), **options}
    hosts = {
        name: Host(
            name=name,
            hostname="127.0.0.1",
            port=lab.devices[name].port,
            username=secret(lab, "device-username"),
            password=secret(lab, "device-password"),
            platform=PLATFORMS[name],
            connection_options={"netmiko": ConnectionOptions(extras=dict(extras))},
            defaults=Defaults(),
        )
        for name in names or DEVICES
    }
    RunnersPluginRegister.auto_register()
    runner = RunnersPluginRegister.get_plugin("threaded")(num_workers=3)
    return Nornir(Inventory(Hosts(hosts), Groups(), Defaults()), runner=runner, config=Config(), data=GlobalState())


@pytest.fixture
def nornir(lab: LabHandle) -> Iterator[Nornir]:
    """All three devices."""
    made = plain(lab)
    lab.reset_counters()
    yield made
    made.close_connections(on_good=True, on_failed=True)


#: Connects, as a jump host does, and says where to.
RELAY = """
import pathlib, select, socket, sys
pathlib.Path(sys.argv[3]).write_text(f"{sys.argv[1]} {sys.argv[2]}\\n")
far = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    ready, _, _ = select.select([far, sys.stdin.buffer.raw], [], [])
    if far in ready:
        data = far.recv(65536)
        if not data:
            break
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if sys.stdin.buffer.raw in ready:
        data = sys.stdin.buffer.raw.read(65536)
        if not data:
            break
        far.sendall(data)
"""


def ask(task: Task, line: str) -> Result:
    """A task on our session."""
    return Result(host=task.host, result=session(task).ask(line))


def test_one_login_serves_our_session_and_netmikos_tasks(lab: LabHandle, nornir: Nornir) -> None:
    """Our session, a show and a configuration by nornir-netmiko, and our session again: one login on each device."""
    first = nornir.run(ask, line="show clock")
    shown = nornir.run(netmiko_send_command, command_string="show running-config")
    nornir.run(netmiko_send_config, config_commands=["access-list 77 permit host 192.0.2.77"], name="config")
    again = nornir.run(ask, line="show running-config | include 192.0.2.77")
    assert not first.failed
    assert not shown.failed, [str(item[0].exception) for item in shown.values()]
    for name in DEVICES:
        assert f"hostname {name}" in shown[name].result
        assert "--More--" not in shown[name].result
        assert lab.counters(name).logins == 1
    assert "192.0.2.77" in again["young"].result
    drivers = {name: type(host.connections["netmiko"].connection) for name, host in nornir.inventory.hosts.items()}
    assert drivers == {"old": IosTelnet, "young": IosSsh, "fw": AsaSsh}


def test_a_connection_that_netmiko_opened_is_taken_over(lab: LabHandle) -> None:
    """A user's task that came first has opened Netmiko's own driver: our task closes it and opens its own."""
    made = plain(lab, "young")
    made.inventory.hosts["young"].platform = "cisco_ios"
    assert not made.run(netmiko_send_command, command_string="show clock").failed
    assert not made.run(ask, line="show clock").failed
    connection = made.inventory.hosts["young"].connections["netmiko"].connection
    assert isinstance(connection, IosSsh)
    made.close_connections()


def test_a_device_type_of_our_own_is_netmikos(lab: LabHandle) -> None:
    """Whoever has registered our device types opens one with Netmiko's ConnectHandler, and is privileged with paging off."""
    register_device_types()
    register_device_types()
    with ConnectHandler(
        device_type="nr_run_cisco_ios_telnet",
        host="127.0.0.1",
        port=lab.devices["old"].port,
        username=secret(lab, "device-username"),
        password=secret(lab, "device-password"),
        secret=secret(lab, "enable-secret"),
    ) as connection:
        assert connection.check_enable_mode()
        assert connection.find_prompt() == "old#"
        assert connection.send_command("show running-config").rstrip().endswith("end")


def test_settings_of_netmiko_reach_our_driver(lab: LabHandle, tmp_path: Path) -> None:
    """ssh_strict and alt_key_file, as Netmiko has them, decide on the host key; an ssh_config is followed once."""
    (tmp_path / "empty").write_text("")
    made = plain(lab, "young", ssh_strict=True, system_host_keys=False, alt_host_keys=True, alt_key_file=str(tmp_path / "empty"))
    failed = made.run(ask, line="show clock")["young"].exception
    assert isinstance(failed, Unreachable)
    assert "is not known" in str(failed)
    port = lab.devices["young"].port
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY)
    proxy = f"ProxyCommand {sys.executable} {relay} %h %p {tmp_path / 'went'}"
    (tmp_path / "config").write_text(f"Host edge\n HostName 127.0.0.1\n Port {port}\n {proxy}\n")
    made = plain(lab, "young", ssh_config_file=str(tmp_path / "config"))
    made.inventory.hosts["young"].hostname, made.inventory.hosts["young"].port = "edge", None
    done = made.run(ask, line="show clock")
    assert not done.failed, done["young"].exception
    assert (tmp_path / "went").read_text() == f"127.0.0.1 {port}\n"
    made.close_connections()


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ({"username": None}, "missing at the host, in its groups and in the defaults: username"),
        ({"password": None, "platform": None}, "defaults: password (or password_ref in its data), platform"),
        ({"hostname": None}, "defaults: hostname"),
        ({"platform": "cisco_iso"}, "platform 'cisco_iso' is none that nr-run drives (did you mean cisco_ios?)"),
        ({"password": "Not.The.Password"}, "the device refuses the user name or the password"),
    ],
)
def test_what_is_missing_is_one_sentence(lab: LabHandle, gone: dict[str, str | None], words: str) -> None:
    """A host that does not say how to log in is named, with everything that is missing, and no secret."""
    made = plain(lab, "young")
    for key, value in gone.items():
        setattr(made.inventory.hosts["young"], key, value)
    error = made.run(ask, line="show clock")["young"].exception
    assert isinstance(error, IntentError | Unreachable)
    assert str(error).startswith("young: ")
    assert "\n" not in str(error)
    assert words in str(error)
    assert secret(lab, "device-password") not in str(error)


def shout(task: Task, word: str) -> Result:
    """A task that fails with what it was given."""
    session(task)
    raise RuntimeError(f"crypto isakmp key {word} address 192.0.2.1, password {task.host.password}")


def test_what_nornir_logs_holds_no_secret(lab: LabHandle, caplog: pytest.LogCaptureFixture) -> None:
    """Nornir logs arguments and tracebacks as ever; a password and a key stand in them as tokens."""
    made = plain(lab, "young")
    with caplog.at_level(logging.DEBUG):
        made.run(ask, line="show clock")
        made.data.reset_failed_hosts()
        made.run(netmiko_send_command, command_string="show running-config")
        failed = made.run(shout, word="K3y.of.a.tunnel")
    assert failed.failed
    said = [record for record in caplog.records if record.name.startswith("nornir.core")]
    assert any("Running task 'ask' with args {'line': 'show clock'}" in record.getMessage() for record in said)
    assert any("failed with traceback" in record.getMessage() and "RuntimeError" in record.getMessage() for record in said)
    assert "K3y.of.a.tunnel address" not in caplog.text
    assert secret(lab, "device-password") not in caplog.text
    made.close_connections(on_failed=True)
