"""A scripted Secure Client and a C8000V as its head-end: when it gets in, when it comes back after a sleep, and when not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from nr_run.lab.core.errors import LabError
from nr_run.lab.entry import LabHandle

from ..warm import start_lab

ROUTER, LAN, PASSWORD = "c8000v-17", "10.10.17.1", "Password-of-anna-1"
LOGIN = {"host": ROUTER, "user": "anna", "password": PASSWORD}
TRUST, AUTHOR = "crypto pki trustpoint TP", "crypto ikev2 authorization policy AUTHOR"
PROFILE = (
    "crypto ikev2 profile P",
    " match identity remote key-id *$AnyConnectClient$*",
    " authentication local rsa-sig",
    " authentication remote anyconnect-eap aggregate",
    " pki trustpoint TP",
    " aaa authentication anyconnect-eap USERS",
    " aaa authorization group anyconnect-eap list GROUPS AUTHOR",
    " aaa authorization user anyconnect-eap cached",
    " virtual-template 10",
    " reconnect timeout 600",
)
LINES = (
    *("aaa new-model", "aaa authentication login default local", "aaa authentication login USERS local"),
    *("aaa authorization network GROUPS local", f"username anna secret {PASSWORD}"),
    "ip local pool POOL 192.168.20.5 192.168.20.6",
    *("ip access-list standard SPLIT", " permit 192.168.10.0 0.0.0.255"),
    *("crypto pki trustpoint TP", " enrollment selfsigned", " eku request server-auth"),
    *("crypto ikev2 authorization policy AUTHOR", " pool POOL", " route set access-list SPLIT"),
    *("crypto ikev2 proposal ONE", " encryption aes-cbc-256", " integrity sha512", " group 19"),
    *("crypto ikev2 policy ONE", " proposal ONE"),
    *PROFILE,
    "crypto ipsec transform-set SET esp-aes 256 esp-sha384-hmac",
    *("crypto ipsec profile P", " set transform-set SET", " set ikev2-profile P"),
    *("interface Virtual-Template10 type tunnel", " ip unnumbered GigabitEthernet1", " tunnel mode ipsec ipv4"),
    " tunnel protection ipsec profile P",
)


def configure(lab: LabHandle, *lines: str) -> str:
    """Type lines in configuration mode."""
    return lab.exec(ROUTER, "\n".join(["configure terminal", *lines, "end"]))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """The head-end, once for the module."""
    with start_lab(tmp_path_factory.mktemp("secure") / "lab", devices={ROUTER: ROUTER}, speed=100) as lab:
        answer = configure(lab, *LINES)
        assert "%" not in answer, answer
        yield lab


@pytest.fixture
def lab(shared: LabHandle) -> Iterator[LabHandle]:
    """The same, with nobody connected."""
    yield shared
    for name in ("laptop", "other", "third"):
        shared.client(name, "disconnect")


def counters(lab: LabHandle) -> list[int]:
    """Total, success, failed, active and inactive."""
    lines = lab.exec(ROUTER, "show crypto ikev2 stats reconnect").splitlines()
    return [int(line.rpartition(":")[2]) for line in lines if ":" in line]


def until(lab: LabHandle, wanted: list[int]) -> None:
    """Wait until the last two counters are these."""
    deadline = time.monotonic() + 60
    while counters(lab)[3:] != wanted:
        assert time.monotonic() < deadline, counters(lab)
        time.sleep(0.1)


def test_a_session_and_its_end(lab: LabHandle) -> None:
    """It gets the first address of the pool on an interface of its own, sends, and leaves nothing behind at its good-bye."""
    told = lab.client("laptop", "connect-secure", **LOGIN)
    assert (told["connected"], told["address"], told["failed"]) == (True, "192.168.20.5", "")
    assert lab.client("laptop", "send", to=LAN, count=3)["answered"] == 3
    detail = lab.exec(ROUTER, "show crypto session detail")
    assert "Interface: Virtual-Access1" in detail
    assert "#pkts dec'ed 3" in detail
    assert "Auth verify: AnyConnect-EAP" in lab.exec(ROUTER, "show crypto ikev2 session detail")
    assert "Virtual-Access1" in lab.exec(ROUTER, "show ip interface brief")
    lab.client("laptop", "disconnect")
    assert "Virtual-Access" not in lab.exec(ROUTER, "show crypto session")
    assert counters(lab)[3:] == [0, 0]


def test_back_in_time(lab: LabHandle) -> None:
    """After a sleep shorter than the timeout it has its address again, by the key of its session and under its session's name."""
    before = counters(lab)
    lab.client("laptop", "connect-secure", **LOGIN)
    lab.client("laptop", "suspend")
    assert lab.client("laptop", "send", to=LAN, count=1)["answered"] == 0
    until(lab, [0, 1])
    assert "    1       1" in lab.exec(ROUTER, "show ip local pool")
    told = lab.client("laptop", "resume")
    assert (told["connected"], told["address"]) == (True, "192.168.20.5")
    after = counters(lab)
    assert [now - then for now, then in zip(after[:3], before[:3], strict=True)] == [1, 1, 0]
    detail = lab.exec(ROUTER, "show crypto session detail")
    assert "Capabilities:DNR" in detail
    assert "*$AnyConnectClient$*" not in detail
    session = lab.exec(ROUTER, "show crypto ikev2 session detail")
    assert "Auth verify: PSK" in session
    assert "Remote EAP id" not in session


def test_back_too_late(lab: LabHandle) -> None:
    """After a sleep longer than the timeout the session is forgotten, the try is counted, and it has to log in again."""
    before = counters(lab)
    lab.client("laptop", "connect-secure", **LOGIN)
    lab.client("laptop", "suspend")
    until(lab, [0, 1])
    lab.client("laptop", "idle", seconds=700)
    assert counters(lab)[3:] == [0, 0]
    told = lab.client("laptop", "resume")
    assert (told["connected"], told["failed"]) == (False, "reconnect")
    assert counters(lab)[2] == before[2] + 1
    assert lab.client("laptop", "connect-secure", **LOGIN)["connected"]


@pytest.mark.parametrize(
    ("off", "on", "reason"),
    [
        (("username anna secret other",), (f"username anna secret {PASSWORD}",), "user"),
        ((TRUST, " no eku request server-auth"), (TRUST, " eku request server-auth"), "certificate"),
        (("crypto ikev2 profile P", " no virtual-template 10"), ("crypto ikev2 profile P", " virtual-template 10"), "transform"),
        (("crypto ikev2 profile P", " no match identity remote key-id *$AnyConnectClient$*"), PROFILE[:2], "profile"),
        ((AUTHOR, " no pool"), (AUTHOR, " pool POOL"), "pool"),
        (("crypto ikev2 proposal ONE", " group 16"), ("crypto ikev2 proposal ONE", " group 19"), "policy"),
        (("no aaa authorization network GROUPS local",), ("aaa authorization network GROUPS local",), "authorization"),
    ],
)  # fmt: skip
def test_each_line_is_needed(lab: LabHandle, off: tuple[str, ...], on: tuple[str, ...], reason: str) -> None:
    """Without one of its lines the head-end lets nobody in, the client says why, and with the line again it does."""
    configure(lab, *off)
    told = lab.client("laptop", "connect-secure", **LOGIN)
    assert (told["connected"], told["failed"]) == (False, reason)
    configure(lab, *on)
    assert lab.client("laptop", "connect-secure", **LOGIN)["connected"]


def test_the_clock_decides_on_the_certificate(lab: LabHandle) -> None:
    """A certificate that has ended by the head-end's clock is refused by the client."""
    lab.fault(ROUTER, "clock-step", str(86400 * 800))
    assert lab.client("laptop", "connect-secure", **LOGIN)["failed"] == "certificate"
    lab.fault(ROUTER, "clock-step", on=False)


def test_a_pool_that_is_empty(lab: LabHandle) -> None:
    """The third client of a pool of two gets nothing, and neither while one of them sleeps: its address waits for it."""
    for name in ("laptop", "other"):
        assert lab.client(name, "connect-secure", **LOGIN)["connected"]
    assert lab.client("third", "connect-secure", **LOGIN)["failed"] == "pool"
    lab.client("other", "suspend")
    until(lab, [1, 1])
    assert lab.client("third", "connect-secure", **LOGIN)["failed"] == "pool"


@pytest.mark.parametrize(
    "line",
    [
        "authentication remote pre-share",
        "authentication local pre-share",
        "keyring local K",
        "aaa authorization group psk list GROUPS AUTHOR",
        "aaa authorization user psk cached",
    ],
)
def test_no_key_beside_reconnect(lab: LabHandle, line: str) -> None:
    """A profile with reconnect takes no line that has a pre-shared key, and one with such a line no reconnect."""
    configure(lab, "crypto ikev2 keyring K", "crypto ikev2 profile Q", "reconnect timeout 900")
    assert "not supported with pre-shared key" in configure(lab, "crypto ikev2 profile Q", line)
    configure(lab, "crypto ikev2 profile Q", "no reconnect")
    assert "%" not in configure(lab, "crypto ikev2 profile Q", line)
    assert "not supported with pre-shared key" in configure(lab, "crypto ikev2 profile Q", "reconnect timeout 900")
    configure(lab, "no crypto ikev2 profile Q", "no crypto ikev2 keyring K")


def test_what_is_in_use_stays(lab: LabHandle) -> None:
    """A virtual template with a clone cannot be removed, and a package without its number is no whole command."""
    lab.client("laptop", "connect-secure", **LOGIN)
    assert "is in use by Virtual-Access" in configure(lab, "no interface Virtual-Template10")
    assert "% Incomplete command" in configure(lab, "crypto vpn anyconnect bootflash:client.pkg sequence")
    assert "No such file" in configure(lab, "crypto vpn anyconnect profile A bootflash:a.xml")


def test_a_client_that_is_awake_does_not_wake_up(lab: LabHandle) -> None:
    """Only one that sleeps comes back, and only one that is connected goes to sleep."""
    with pytest.raises(LabError):
        lab.client("laptop", "suspend")
    lab.client("laptop", "connect-secure", **LOGIN)
    with pytest.raises(LabError):
        lab.client("laptop", "resume")
