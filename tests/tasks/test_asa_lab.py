"""ASAs of three releases over real SSH: session, gathering, prechecks, pings, clearing, saving, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from msgspec.structs import replace
from nornir.core import Nornir
from nornir.core.configuration import Config
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnersPluginRegister
from nornir.core.state import GlobalState

from nr_run.changes.configurations.tree import normalise
from nr_run.changes.plans.change import Change
from nr_run.checks.finding import Finding, against, proved
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.readiness.device_facts import EndFacts
from nr_run.checks.readiness.precheck import precheck
from nr_run.inventory.errors import DeviceRefused, DriftError, SessionLost, Unreachable
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.intents.intent import Dpd, End, IKEProposal, IPSecProposal, TunnelTermination
from nr_run.inventory.models.platforms import Platform, platform_for
from nr_run.lab.entry import LabHandle
from nr_run.services.l2l.endpoint import Endpoint, Watched
from nr_run.services.l2l.features import Member, draft_names, text
from nr_run.services.l2l.proof import prove
from nr_run.tasks.access.connection import Cli, Login
from nr_run.tasks.clear import clear
from nr_run.tasks.device import connect_by
from nr_run.tasks.gather import Snapshot, gather
from nr_run.tasks.observe import observe
from nr_run.tasks.probe import probe
from nr_run.tasks.save import Saved, save
from nr_run.tasks.sessions.dialects import dialect_of
from nr_run.tasks.sessions.session import Session

from ..warm import start_lab

RELEASES = {"asa82": "8.2(5)", "asa91": "9.1(7)", "asa919": "9.19(1)"}
PLATFORMS: dict[str, Platform] = {
    **{name: platform_for("ASA", release) for name, release in RELEASES.items()},
    "vpn3640-124": platform_for("3640", "12.4(25)"),
}
PSK = "Agreed.Key-asa~ios.4711"
IKE = IKEProposal(
    name="ike", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1", group=5, sa_lifetime=86400
)
IPSEC = IPSecProposal(
    name="esp", encryption_algorithm="aes-256-cbc", authentication_algorithm="hmac-sha1", sa_lifetime_seconds=3600
)
LONG = (
    "access-list NR-a-very-long-name-of-a-list-that-does-not-fit-on-a-line extended permit ip "
    "10.201.202.0 255.255.255.0 10.203.204.0 255.255.255.0"
)


def termination(host: str, interface: str, outside: str, inside: str) -> TunnelTermination:
    """One end."""
    return TunnelTermination(
        host=host,
        interface=interface,
        outside_ip=IPv4Address(outside),
        protected_prefixes=(IPv4Network(f"{inside}.0/24"),),
        probe_address=IPv4Address(f"{inside}.1"),
    )


ENDS = {
    "asa82": termination("asa82", "Ethernet0/0", "172.18.124.82", "10.10.82"),
    "asa91": termination("asa91", "GigabitEthernet0/0", "172.18.124.91", "10.10.91"),
    "asa919": termination("asa919", "GigabitEthernet0/0", "172.18.124.219", "10.10.119"),
    "vpn3640-124": termination("vpn3640-124", "Ethernet0/0", "172.18.124.124", "10.10.24"),
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """Three ASAs and a 3640 for the tests that put back what they change."""
    devices = {name: name for name in PLATFORMS}
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices=devices, speed=20.0) as handle:
        yield handle


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHandle]:
    """The same devices for one test that builds tunnels."""
    devices = {name: name for name in PLATFORMS}
    with start_lab(tmp_path_factory.mktemp("fresh") / "lab", devices=devices, speed=20.0) as handle:
        yield handle


def connect(lab: LabHandle, name: str, *, timeout_seconds: float = 5.0) -> Session:
    """A session as a run opens it."""
    login = Login(
        Secrets(folders=(lab.credentials,)),
        "credential:device-username",
        "credential:device-password",
        "credential:enable-secret",
        PLATFORMS[name].driver,
        timeout_seconds,
        dialect_of(PLATFORMS[name]),
    )
    connection = Cli()
    place = lab.devices[name]
    connection.open(place.host, None, None, place.port, None, {"login": login, "name": name})
    return connection.connection


@contextmanager
def device(lab: LabHandle, name: str, *fault: str | int, timeout_seconds: float = 5.0) -> Iterator[Session]:
    """A session with an ASA, with a fault that begins after the login; the device is left as it was."""
    before = lab.exec(name, "show running-config")
    opened = connect(lab, name, timeout_seconds=timeout_seconds)
    if fault:
        lab.fault(name, str(fault[0]), *fault[1:])
    try:
        yield opened
    finally:
        opened.close()
        if fault:
            lab.fault(name, str(fault[0]), on=False)
        for line in set(lab.exec(name, "show running-config").splitlines()) - set(before.splitlines()):
            if line.startswith("access-list "):
                lab.exec(name, f"configure terminal\nno {line}\nend")


def nornir_of(lab: LabHandle, *names: str) -> Nornir:
    """A Nornir of these devices, logging in as a run does."""
    references = {
        "username_ref": "credential:device-username",
        "password_ref": "credential:device-password",
        "enable_ref": "credential:enable-secret",
    }
    hosts = {
        name: Host(name=name, hostname=lab.devices[name].host, port=lab.devices[name].port, data=references, defaults=Defaults())
        for name in names
    }
    RunnersPluginRegister.auto_register()
    runner = RunnersPluginRegister.get_plugin("threaded")(num_workers=4)
    inventory = Inventory(Hosts(hosts), Groups(), Defaults())
    nornir = Nornir(inventory=inventory, runner=runner, config=Config(), data=GlobalState())
    return connect_by(nornir, Secrets(folders=(lab.credentials,)), PLATFORMS)


def run(nornir: Nornir, name: str, task: Any, **arguments: Any) -> Any:
    """The result of one task on one device; its error is raised."""
    result = nornir.filter(name=name).run(task, **arguments)[name]
    nornir.data.reset_failed_hosts()
    if result[0].exception:
        raise result[0].exception
    return result[0].result


@pytest.mark.parametrize("name", RELEASES)
def test_login_and_block(lab: LabHandle, name: str) -> None:
    """A block in one write is attributed line by line in every mode of an ASA, a refused line among them."""
    with device(lab, name) as session:
        # A line that adds nothing: the list does not exist, so nothing is taken away.
        replies = session.configure(["access-list NR-A extended permit ip host 192.0.2.1 host 192.0.2.2", "encr 3des", LONG])
        assert session.configuring
        assert [reply.words[:6] for reply in replies] == ["", "", "ERROR:", ""]
        shown = session.send_batch(["show running-config access-list", "end", "show mode"])
        assert [line.strip() for line in shown[0].text.splitlines()][-1] == LONG
        assert shown[2].words == "Security context mode: single"
        assert not session.configuring


@pytest.mark.parametrize("name", RELEASES)
def test_nothing_is_written_by_reading(lab: LabHandle, name: str) -> None:
    """A run that only reads leaves the running configuration of an ASA as it was, the width of its terminal included."""
    before = normalise(lab.exec(name, "more system:running-config"))
    nornir = nornir_of(lab, name)
    run(nornir, name, gather, platform=PLATFORMS[name])
    nornir.close_connections()
    assert normalise(lab.exec(name, "more system:running-config")) == before
    assert "terminal width" not in before


@pytest.mark.parametrize("name", RELEASES)
def test_gather_and_precheck(lab: LabHandle, name: str) -> None:
    """What is read of a clean ASA passes every precheck, and holds no key, password or hash in clear."""
    nornir = nornir_of(lab, name)
    snapshot: Snapshot = run(nornir, name, gather, platform=PLATFORMS[name])
    nornir.close_connections()
    assert "*****" not in snapshot.running.text
    assert "<key:" in snapshot.running.text
    assert snapshot.running_as_saved.equals(snapshot.startup)
    assert ("show event manager" in snapshot.outputs) == (name == "asa919")
    findings = checked(name, snapshot)
    assert against(findings) == ()
    assert {item.check for item in findings} == {
        "identity", "release", "single-context", "no-failover", "outside", "probe-address", "management-access", "permit-vpn",
        "saved", "route",
    }  # fmt: skip


def checked(name: str, snapshot: Snapshot) -> tuple[Finding, ...]:
    """The prechecks of an ASA whose tunnel goes to the 3640."""
    end = End(ENDS[name], ENDS["vpn3640-124"])
    change = Change(name, "asa", (), (), (), (), ())
    return precheck(EndFacts(end, PLATFORMS[name], snapshot.outputs, change, "2026-11-21T12:00:00Z"))


@pytest.mark.parametrize("fault", [("syslog",), ("shutdown-banner",), ("slow", 100)], ids=lambda fault: str(fault[0]))
@pytest.mark.parametrize("name", RELEASES)
def test_messages_in_between(lab: LabHandle, name: str, fault: tuple[str | int, ...]) -> None:
    """Log messages and the banner of a scheduled reload are no answers, wherever they come."""
    line = "access-list NR-A extended permit ip host 192.0.2.1 host 192.0.2.2"
    with device(lab, name, *fault) as session:
        for _ in range(2):
            assert [reply.text for reply in session.configure([line, LONG])] == ["", "", ""]
            assert [reply.text for reply in session.send_batch([f"no {line}", f"no {LONG}", "end"])] == ["", "", ""]
        assert "%ASA-" not in session.ask("show running-config")


@pytest.mark.parametrize("fault", [("cut-session-after", 1), ("cut-session-after", 2), ("cut-in-echo", 2)], ids=str)
@pytest.mark.parametrize("name", RELEASES)
def test_lost_session(lab: LabHandle, name: str, fault: tuple[str | int, ...]) -> None:
    """A session that is cut in the middle of a block is lost, never a refused line, and the next login works."""
    with device(lab, name, *fault) as session:
        with pytest.raises(SessionLost, match=f"{name}: the session ended"):
            session.configure(["access-list NR-A extended permit ip host 192.0.2.1 host 192.0.2.2", LONG])
        assert not session.open
    with device(lab, name) as session:
        assert "ASA Version" in session.ask("show running-config")


@pytest.mark.parametrize("name", RELEASES)
def test_question_about_reporting(lab: LabHandle, name: str) -> None:
    """An ASA that asks whether it may report errors gets no answer and no line: the session ends, and says what to do."""
    with device(lab, name, "ask-reporting") as session:
        session.ask("show mode")
        with pytest.raises(DeviceRefused, match="type configure terminal, answer the question and save"):
            session.configure([LONG])
        assert not session.open
    assert "NR-a-very-long" not in lab.exec(name, "show running-config")


def test_wrong_enable(lab: LabHandle, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An enable secret that an ASA refuses is said so."""
    folder = tmp_path_factory.mktemp("credentials")
    for file in lab.credentials.iterdir():
        (folder / file.name).write_text("Not.The.Secret\n" if file.name == "enable-secret" else file.read_text())
    place = lab.devices["asa91"]
    references = ("credential:device-username", "credential:device-password", "credential:enable-secret")
    login = Login(Secrets(folders=(folder,)), *references, "cisco_asa", 5.0, dialect_of(PLATFORMS["asa91"]))
    with pytest.raises(Unreachable, match="asa91: the login works, but enable does not"):
        Cli().open(place.host, None, None, place.port, None, {"login": login, "name": "asa91"})


def rendered(end: End, place: int) -> list[str]:
    """The lines of one end, as the product makes them, on draft names, at a place of the map."""
    member = Member(
        end.local,
        end.remote,
        name=f"t{place}",
        platform=PLATFORMS[end.local.host],
        ike_version=1,
        style="crypto-map",
        ike=IKE,
        ipsec=IPSEC,
        pfs_group=5,
        dpd=Dpd(interval_seconds=10, retries=3),
        key=PSK,
        nameif="outside",
    )
    return text(member, replace(draft_names(member), map_sequence=10 * place, policy_number=10)).splitlines()


#: What an ASA says to lines that it takes: the second from 9.13 on, to groups that are on their way out.
WARNINGS = re.compile(
    r"WARNING: The crypto map entry is incomplete!"
    r"|WARNING: DH group \d+ is considered insecure\. This option is deprecated and will be removed in a later version\."
)


def build(lab: LabHandle, one: str, other: str, place: int = 1) -> None:
    """Type both ends of a tunnel; an ASA takes every line of its template, with the warnings that are known."""
    for name, peer in ((one, other), (other, one)):
        session = connect(lab, name)
        replies = session.configure(rendered(End(ENDS[name], ENDS[peer]), place))
        session.close()
        answers = [reply.words for reply in replies[1:] if WARNINGS.sub("", reply.words).strip()]
        # IOS says that an entry of a map waits for its peer and list, and that IKE is on.
        assert answers == [] or (not name.startswith("asa") and all(words.startswith("% NOTE") for words in answers))


PAIRS = [("asa82", "vpn3640-124"), ("asa91", "vpn3640-124"), ("asa82", "asa91"), ("asa919", "asa91")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_tunnel(fresh: LabHandle, one: str, other: str) -> None:
    """The rendered lines of both ends make a tunnel: pings bring it up, both ends verify it, clearing ends it, saving keeps
    it."""
    build(fresh, one, other)
    nornir = nornir_of(fresh, one, other)
    ends = (End(ENDS[one], ENDS[other]), End(ENDS[other], ENDS[one]))
    for _ in range(10):
        ping(nornir, ends[0], 5)
        before = [look(nornir, end) for end in ends]
        if all(any(row.up for row in seen.rows(end.remote.outside_ip)) for seen, end in zip(before, ends, strict=True)):
            break
    probes = [ping(nornir, end, 20) for end in ends]
    after = [look(nornir, end) for end in ends]
    near, far = (
        Watched(*seen) for seen in zip((Endpoint.of(end, (IPSEC,)) for end in ends), before, after, probes, before, strict=True)
    )
    findings = prove("t", (near, far))
    assert against(findings) == ()
    assert proved(findings)
    assert PSK not in str(run(nornir, one, gather, platform=PLATFORMS[one]).outputs)
    run(nornir, one, clear, peers=[ends[0].remote.outside_ip])
    seen = look(nornir, ends[0])
    left = near.flow(seen)
    assert left is None or not left.sas
    assert not any(row.up for row in seen.rows(ends[0].remote.outside_ip))
    saved: Saved = run(nornir, one, save)
    assert saved.equal
    nornir.close_connections()


def look(nornir: Nornir, end: End) -> Observation:
    """What one end shows."""
    name = end.local.host
    seen: Observation = run(nornir, name, observe)[0]
    return seen


def ping(nornir: Nornir, end: End, count: int) -> Probe:
    """Pings from one end to the other."""
    name = end.local.host
    addresses = {"source": end.local.probe_address, "target": end.remote.probe_address}
    result: Probe = run(nornir, name, probe, platform=PLATFORMS[name], count=count, **addresses)
    return result


@pytest.mark.parametrize(("asa", "gone", "kept"), [("asa82", "vpn3640-124", "asa91"), ("asa91", "asa82", "vpn3640-124")])
def test_clear_leaves_the_other_peer(fresh: LabHandle, asa: str, gone: str, kept: str) -> None:
    """Clearing one peer leaves the SAs of another peer of the same ASA, in each generation."""
    nornir = nornir_of(fresh, asa)
    ends = [End(ENDS[asa], ENDS[peer]) for peer in (gone, kept)]
    for place, peer in enumerate((gone, kept), 1):
        build(fresh, asa, peer, place)
        ping(nornir, ends[place - 1], 10)
    assert [bool(look(nornir, end).rows(end.remote.outside_ip)) for end in ends] == [True, True]
    run(nornir, asa, clear, peers=[ends[0].remote.outside_ip])
    assert [bool(look(nornir, end).rows(end.remote.outside_ip)) for end in ends] == [False, True]
    assert len(look(nornir, ends[0]).flows) == 1
    nornir.close_connections()


def test_ping_from_nowhere(lab: LabHandle) -> None:
    """A probe address that no interface of an ASA has is said so, and nothing is pinged from another one."""
    nornir = nornir_of(lab, "asa91")
    addresses = {"source": IPv4Address("10.10.91.77"), "target": IPv4Address("10.10.24.1")}
    with pytest.raises(DriftError, match=r"no interface .* has address 10\.10\.91\.77, so nothing can ping"):
        run(nornir, "asa91", probe, platform=PLATFORMS["asa91"], count=1, **addresses)
    nornir.close_connections()
