"""A scripted VPN client and the documented 2611: what each sees, when it works and when it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nr_run.lab.core.errors import LabError
from nr_run.lab.entry import LabHandle

from ..warm import start_lab

LAN = "10.10.10.10"
ROUTER = "vpn2611"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """The documented pair, once for the module."""
    with start_lab(tmp_path_factory.mktemp("clients") / "lab", speed=50) as lab:
        yield lab


@pytest.fixture
def lab(shared: LabHandle) -> Iterator[LabHandle]:
    """The same, with nobody connected besides the client of the start, and the lines of the router as they were."""
    yield shared
    for name in ("home", "train"):
        shared.client(name, "disconnect")


def login(lab: LabHandle, **other: str) -> dict[str, str]:
    """What the router's own configuration lets in, with what is to be otherwise."""
    text = lab.exec(ROUTER, "show running-config")
    key = re.search(r"^ key (\S+)", text, re.MULTILINE)
    password = re.search(r"^username cisco password 0 (\S+)", text, re.MULTILINE)
    assert key is not None
    assert password is not None
    return {"host": ROUTER, "group": "3000client", "key": key[1], "user": "cisco", "password": password[1]} | other


def configure(lab: LabHandle, *lines: str) -> str:
    """Type lines in configuration mode."""
    return lab.exec(ROUTER, "\n".join(["configure terminal", *lines, "end"]))


def row(lab: LabHandle) -> str:
    """The state of the IKE row of the first scripted client."""
    found = [line.split() for line in lab.exec(ROUTER, "show crypto isakmp sa").splitlines() if "203.0.113." in line]
    return found[-1][2] if found else ""


def test_session(lab: LabHandle) -> None:
    """A client gets the first free address of the pool, its packets are counted both ways, and nothing is left when it goes."""
    told = lab.client("home", "connect", **login(lab))
    assert (told["connected"], told["address"], told["failed"]) == (True, "14.1.1.100", "")
    assert row(lab) == "QM_IDLE"
    sent = lab.client("home", "send", to=LAN, count=7)
    assert (sent["sent"], sent["answered"], sent["encaps"], sent["decaps"]) == (7, 7, 7, 7)
    shown = lab.exec(ROUTER, "show crypto ipsec sa")
    assert "remote ident (addr/mask/prot/port): (14.1.1.100/255.255.255.255/0/0)" in shown
    assert "#pkts encaps: 7, #pkts encrypt: 7, #pkts digest 7" in shown
    assert re.search(r"ippool +14\.1\.1\.100 +14\.1\.1\.200 +99 +2\b", lab.exec(ROUTER, "show ip local pool"))
    assert "Peer = 203.0.113.2" in lab.exec(ROUTER, "show crypto map")
    assert "dynamic (created from dynamic map dynmap/10)" in lab.exec(ROUTER, "show crypto map")
    assert not lab.client("home", "disconnect")["connected"]
    assert row(lab) == ""
    assert "14.1.1.100/255" not in lab.exec(ROUTER, "show crypto ipsec sa")
    assert "203.0.113.2" not in lab.exec(ROUTER, "show crypto map")
    assert re.search(r"ippool .* 100 +1\b", lab.exec(ROUTER, "show ip local pool"))


def test_idle(lab: LabHandle) -> None:
    """A client that sends nothing for longer than an SA lives is still there: its SAs are made again."""
    configure(lab, "crypto ipsec security-association lifetime seconds 120")
    lab.client("home", "connect", **login(lab))
    before = lab.exec(ROUTER, "show crypto ipsec sa")
    idle = lab.client("home", "idle", seconds=300)
    after = lab.exec(ROUTER, "show crypto ipsec sa")
    configure(lab, "no crypto ipsec security-association lifetime seconds 120")
    assert idle["connected"]
    assert re.findall("current outbound spi: .*", before) != re.findall("current outbound spi: .*", after)
    assert lab.client("home", "send", to=LAN)["answered"] == 5


@pytest.mark.parametrize(
    ("other", "failed", "state", "log"),
    [
        ({"group": "3000clients"}, "group", "AG_NO_STATE", "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Aggressive mode failed"),
        ({"key": "another"}, "key", "AG_INIT_EXCH", "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from 203.0.113."),
        ({"user": "nobody"}, "user", "CONF_XAUTH", ""),
        ({"password": "another"}, "user", "CONF_XAUTH", ""),
    ],
)
def test_wrong(lab: LabHandle, other: dict[str, str], failed: str, state: str, log: str) -> None:
    """A wrong group, key, user or password: the client is told what a real one is told, and the row stays where it got to."""
    lab.exec(ROUTER, "clear logging")
    told = lab.client("home", "connect", **login(lab, **other))
    reasons = {"group": "412", "key": "412", "user": "413"}
    assert (told["connected"], told["failed"]) == (False, failed)
    assert told["says"].startswith(f"Reason {reasons[failed]}: ")
    assert row(lab) == state
    assert log in lab.exec(ROUTER, "show logging")


@pytest.mark.parametrize(
    ("off", "on", "failed"),
    [
        (("no crypto map clientmap isakmp authorization list groupauthor",), None, "group"),
        (("no aaa authorization network groupauthor local",), None, "group"),
        (("no aaa authentication login userauthen local",), None, "user"),
        (("no crypto map clientmap client configuration address respond",), None, "mode config"),
        (
            ("crypto isakmp client configuration group 3000client", "pool nowhere"),
            ("crypto isakmp client configuration group 3000client", "pool ippool"),
            "pool",
        ),
        (("crypto isakmp policy 3", "group 1"), ("crypto isakmp policy 3", "group 2"), "policy"),
        (("crypto dynamic-map dynmap 10", "set pfs group2"), ("crypto dynamic-map dynmap 10", "no set pfs"), "transform"),
    ],
)
def test_missing(lab: LabHandle, off: tuple[str, ...], on: tuple[str, ...] | None, failed: str) -> None:
    """Each line that clients need makes them fail in its own way when it is not there, and work again when it is back."""
    configure(lab, *off)
    told = lab.client("home", "connect", **login(lab))
    configure(lab, *(on or [line.removeprefix("no ") for line in off]))
    assert (told["connected"], told["failed"]) == (False, failed)
    assert lab.client("home", "connect", **login(lab))["connected"]


def test_pool_is_exhausted(lab: LabHandle) -> None:
    """The second client finds no address in a pool of one, and finds it when the first one has gone."""
    configure(lab, "ip local pool small 192.168.77.5", "crypto isakmp client configuration group 3000client", "pool small")
    first = lab.client("home", "connect", **login(lab))
    second = lab.client("train", "connect", **login(lab))
    lab.client("home", "disconnect")
    third = lab.client("train", "connect", **login(lab))
    configure(lab, "crypto isakmp client configuration group 3000client", "pool ippool", "no ip local pool small")
    found = [(told["address"], told["failed"]) for told in (first, second, third)]
    assert found == [("192.168.77.5", ""), ("", "pool"), ("192.168.77.5", "")]


def test_address_is_free_again(lab: LabHandle) -> None:
    """An address goes back to the pool when the router ends the session, and the client need not have heard of it."""
    assert lab.client("home", "connect", **login(lab))["address"] == "14.1.1.100"
    configure(lab, "no crypto map clientmap 10", "crypto map clientmap 10 ipsec-isakmp dynamic dynmap")
    assert lab.client("train", "connect", **login(lab))["connected"] is True


def test_split_tunnel(lab: LabHandle) -> None:
    """With a list in the group only its networks go into the tunnel."""
    group = "crypto isakmp client configuration group 3000client"
    configure(lab, "access-list 188 permit ip 10.10.10.0 0.0.0.255 any", group, "acl 188")
    lab.client("home", "connect", **login(lab))
    inside, elsewhere = (lab.client("home", "send", to=address)["answered"] for address in (LAN, "10.10.20.10"))
    configure(lab, group, "no acl", "no access-list 188")
    assert (inside, elsewhere) == (5, 0)


def test_the_router_ends_it(lab: LabHandle) -> None:
    """What the router clears is gone for the client too, and a client that nobody answers says so."""
    lab.client("home", "connect", **login(lab))
    peer = re.findall(r"203\.0\.113\.\d+", lab.exec(ROUTER, "show crypto isakmp sa"))[-1]
    lab.exec(ROUTER, f"clear crypto sa peer {peer}")
    assert not lab.client("home", "status")["connected"]
    assert lab.client("home", "send", to=LAN)["answered"] == 0
    assert lab.client("train", "connect", **login(lab, host="172.18.124.77"))["failed"] == "no answer"


def test_aaa_comes_first(lab: LabHandle) -> None:
    """A router without the new model does not know the lists, and writes down the session id with the new model."""
    answer = lab.exec("vpn3640", "configure terminal\naaa authentication login L local\naaa new-model\nend")
    assert "% Invalid input detected" in answer
    shown = lab.exec("vpn3640", "show running-config")
    lab.exec("vpn3640", "configure terminal\nno aaa new-model\nend")
    assert "aaa new-model\naaa session-id common\n" in shown
    assert "aaa" not in lab.exec("vpn3640", "show running-config")


@pytest.mark.parametrize(
    ("action", "words", "says"),
    [
        ("dance", {}, "does not dance"),
        ("connect", {"host": ROUTER}, "needs: group, key"),
        ("connect", {"host": "vpn2612", "group": "g", "key": "k"}, "Did you mean vpn2611?"),
        ("send", {"to": "there"}, "there is no IPv4 address"),
        ("idle", {"seconds": "soon"}, "seconds is a number"),
        ("status", {"host": ROUTER}, "takes no host"),
    ],
)
def test_refused(lab: LabHandle, action: str, words: dict[str, Any], says: str) -> None:
    """What a client cannot do is one sentence."""
    with pytest.raises(LabError, match=re.escape(says)):
        lab.client("home", action, **words)


def test_command(lab: LabHandle, tmp_path: Path) -> None:
    """The command line drives it, with the secrets in files."""
    from click.testing import CliRunner

    from nr_run.lab.cli import lab as group

    words = login(lab)
    for name in ("key", "password"):
        (tmp_path / name).write_text(words[name] + "\n")
    where = ["--directory", str(lab.directory)]
    files = ["--group", "3000client", "--group-key", str(tmp_path / "key"), "--password", str(tmp_path / "password")]
    good = CliRunner().invoke(group, ["client", "home", "connect", ROUTER, "--user", "cisco", *files, *where])
    sent = CliRunner().invoke(group, ["client", "home", "send", LAN, *where])
    gone = CliRunner().invoke(group, ["client", "home", "disconnect", *where])
    bad = CliRunner().invoke(group, ["client", "home", "connect", ROUTER, "--user", "nobody", *files, *where])
    assert (good.output, good.exit_code) == ("home: connected as 14.1.1.100\n", 0)
    assert sent.output == "home: connected as 14.1.1.100, 5 of 5 answered\n"
    assert gone.output == "home: not connected\n"
    assert (bad.output, bad.exit_code) == ("home: not connected (user): Reason 413: User authentication failed.\n", 1)
