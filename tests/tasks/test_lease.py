"""What a lease that is over keeps from a device: every byte, over telnet and over SSH, whoever types."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from nr_run.inventory.errors import Unreachable
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.lab.entry import LabHandle
from nr_run.tasks.access.credentials import Login
from nr_run.tasks.access.device_types import register_device_types
from nr_run.tasks.access.drivers import DRIVERS, Driver
from nr_run.tasks.access.lease import Lease, Leased

from ..warm import PATIENCE, start_lab

DEVICES = {"old": "vpn2611", "young": "c8000v-17"}
KINDS = {"old": "cisco_ios_telnet", "young": "cisco_ios"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """One that is reached by telnet, and one by SSH."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=DEVICES, speed=20.0) as handle:
        yield handle


def opened(lab: LabHandle, name: str, lease: Lease) -> Driver:
    """A session under a lease."""
    register_device_types()
    login = Login(
        Secrets((lab.credentials,)),
        "credential:device-username",
        "credential:device-password",
        "credential:enable-secret",
        KINDS[name],
        lease=lease,
    )
    place = lab.devices[name]
    return DRIVERS[login.platform](login=login, name=name, host=place.host, port=place.port, device_type=login.platform)


@pytest.mark.parametrize("name", DEVICES)
def test_nothing_is_typed_when_it_is_over(lab: LabHandle, name: str) -> None:
    """Neither by a session, nor past it by the transport itself, nor by a new login; before that all of it works."""
    lease = Lease(600)
    driver = opened(lab, name, lease)
    session = driver.at_prompt()
    assert "uptime" in session.send_batch(["show version"])[0].text
    lab.reset_counters()
    lease.end()
    with pytest.raises(Unreachable, match=f"{name}: the machine on which this run began has acknowledged nothing"):
        session.send_batch(["show clock"])
    with pytest.raises((OSError, EOFError)):
        driver._send(b"show clock\n")
    with pytest.raises(Unreachable):
        opened(lab, name, lease)
    driver.disconnect()
    seen = lab.counters(name)
    assert (seen.logins, seen.lines) == (0, 0)


def test_a_piece_that_waits_for_the_other_side_is_looked_at_again() -> None:
    """Of a long text the part that did not go out while the lease lasted does not go out afterwards."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    lease, text = Lease(600), b"x" * 4_000_000
    errors: list[BaseException] = []

    def send() -> None:
        try:
            Leased(ours, lease).sendall(text)
        except OSError as error:
            errors.append(error)
        ours.close()

    thread = threading.Thread(target=send)
    thread.start()
    theirs.recv(1)
    lease.end()
    theirs.settimeout(10 * PATIENCE)
    got = 1
    while some := theirs.recv(1_000_000):
        got += len(some)
    thread.join(30 * PATIENCE)
    assert "acknowledged nothing" in str(errors[0])
    assert got < len(text)
    theirs.close()


def test_a_lease_of_a_process_of_ones_own_never_ends() -> None:
    """Without a length it holds whatever the clock says, and guards no socket."""
    lease = Lease()
    lease.check("r1")
    assert not lease.over
