"""deploy-l2l over real telnet to the lab: the good way, and each bad way ends with both devices as before or the tunnel
verified."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

FAULTS = [
    ("vpn3640", "wrong-psk", (), 20, "key-not-stored"),
    ("vpn2611", "wrong-psk", (), 20, "key-not-stored"),
    ("vpn3640", "wrong-psk-silent", (), 20, "nat-in-path or preshared-key"),
    ("vpn2611", "drop-ike", (), 20, "udp-500"),
    ("vpn3640", "drop-esp", (), 20, "esp-blocked"),
    ("vpn3640", "refuse-line", ("set pfs",), 20, None),
    ("vpn2611", "refuse-line", ("set pfs",), 20, None),
    ("vpn3640", "refuse-line", ("crypto map NR-MAP",), 20, None),
    ("vpn2611", "refuse-line", ("match address",), 20, None),
    ("vpn3640", "refuse-line", ("encr 3des",), 20, None),
    ("vpn3640", "nvram-full", (), 20, None),
    ("vpn2611", "nvram-full", (), 20, None),
    ("vpn3640", "login-refused", (), 11, None),
    ("vpn2611", "down", (), 11, None),
]


def test_builds_and_proves_the_tunnel(rehearsal) -> None:
    """A deploy on two devices without the tunnel exits 0, and both then hold SAs whose SPIs cross."""
    done = rehearsal.deploy("hq-branch", "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert done.report["changed"] is True
    assert done.tunnel["verified"] is True
    assert {device["host"]: device["changed"] for device in done.tunnel["devices"]} == {"vpn2611": True, "vpn3640": True}
    out = {name: _spi(rehearsal, name, "outbound") for name in ("vpn2611", "vpn3640")}
    into = {name: _spi(rehearsal, name, "inbound") for name in ("vpn2611", "vpn3640")}
    assert out["vpn2611"] == into["vpn3640"]
    assert out["vpn3640"] == into["vpn2611"]
    now = rehearsal.configurations()
    for name in ("vpn2611", "vpn3640"):
        assert _body(now["running"][name]) == _body(now["startup"][name])
        assert _body(now["running"][name]) != _body(rehearsal.before["running"][name])


def test_reuses_what_the_2611_has(rehearsal) -> None:
    """On the 2611 the change uses clientmap below its dynamic entry, policy 3 and no-xauth, and an access list of its own."""
    assert rehearsal.deploy("hq-branch", "--yes").code == 0
    running = rehearsal.lab.exec("vpn2611", "show running-config")
    before = rehearsal.before["running"]["vpn2611"]
    assert f"crypto isakmp key {rehearsal.secret('hq-branch-psk')} address 172.18.124.199 no-xauth" in running
    assert running.count("crypto isakmp policy") == before.count("crypto isakmp policy") == 1
    (entry,) = [
        line for line in running.splitlines() if line.startswith("crypto map clientmap ") and line.endswith("ipsec-isakmp ")
    ]
    assert 0 < int(entry.split()[3]) < 10
    added = [line for line in running.splitlines() if line not in before.splitlines()]
    assert not any("access-list 1" in line for line in added)
    assert [line for line in before.splitlines() if line not in running.splitlines()] == [
        line for line in before.splitlines() if line.startswith("Current configuration")
    ]


def test_vpn_clients_are_not_disturbed(rehearsal) -> None:
    """The VPN client on the same map keeps its phase 1 row, its SPIs and its counters."""
    before = _client(rehearsal)
    assert rehearsal.deploy("hq-branch", "--yes").code == 0
    assert _client(rehearsal) == before


def test_second_run_changes_nothing(rehearsal) -> None:
    """The same deploy again verifies the tunnel and changes nothing, and its plan has nothing to do."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()
    again = rehearsal.deploy("--yes", "--json")
    assert (again.code, again.report["changed"], again.tunnel["verified"]) == (0, False, True)
    assert rehearsal.deploy("--plan").code == 0
    assert rehearsal.configurations() == now


def test_a_tunnel_that_broke_later_is_not_called_healthy(rehearsal) -> None:
    """When the configuration is there but ESP is lost, the second run exits 12 and says why, and changes nothing."""
    assert rehearsal.deploy("--yes").code == 0
    now = rehearsal.configurations()
    rehearsal.lab.fault("vpn3640", "drop-esp")
    again = rehearsal.deploy("--yes", "--json")
    assert (again.code, again.tunnel["verified"]) == (12, False)
    assert again.tunnel["cause"]["id"] == "esp-blocked"
    assert rehearsal.configurations() == now


def test_plan_touches_nothing(rehearsal, unchanged: Callable[[], None]) -> None:
    """--plan exits 2, shows change and inverse, each line of it with --detail, and sends no configuration line."""
    done = rehearsal.deploy("hq-branch", "--plan", "--detail")
    assert done.code == 2, done.err
    assert "crypto map clientmap 1 ipsec-isakmp" in done.out
    assert "VPN clients" in done.out
    (folder,) = rehearsal.runs.glob("2*")
    assert "no crypto map clientmap 1" in (folder / "hq-branch/vpn2611/rollback.cfg").read_text()
    unchanged()


def test_few_round_trips(rehearsal) -> None:
    """A whole deploy takes at most 20 round trips a device when IKE is up at the first look: login, proof and save included.

    Each further look costs two: one sees the question of its ping.
    """
    rehearsal.lab.reset_counters()
    assert rehearsal.deploy("--yes").code == 0
    for name in ("vpn2611", "vpn3640"):
        counters = rehearsal.lab.counters(name)
        assert (
            counters.logins == 2
        )  # the second one proves, before the rollback timer is cancelled, that the device can be managed
        (folder,) = rehearsal.runs.glob("2*")
        looks = (folder / "journal.jsonl").read_text().count('"triggering"')
        assert counters.round_trips <= 20 + 2 * (looks - 1)


@pytest.mark.parametrize(("device", "fault", "arguments", "code", "cause"), FAULTS)
def test_faults_end_as_before(rehearsal, unchanged: Callable[[], None], device, fault, arguments, code, cause) -> None:
    """With each fault the exit code is right, the cause is named, and both devices are as before, byte for byte."""
    rehearsal.lab.fault(device, fault, *arguments)
    done = rehearsal.deploy("--yes", "--json")
    rehearsal.lab.fault(device, fault, on=False)
    assert done.code == code, done.out + done.err
    assert ((done.tunnel["cause"] or {}).get("id")) == cause
    assert done.tunnel["verified"] is False
    unchanged()


def test_an_end_that_was_only_armed_is_not_called_read_back(rehearsal, unchanged: Callable[[], None]) -> None:
    """Where the first end refuses a line the other one was armed and not touched, and that is what is told of it."""
    rehearsal.lab.fault("vpn3640", "refuse-line", "set transform-set")
    done = rehearsal.deploy("--yes", "--json")
    rehearsal.lab.fault("vpn3640", "refuse-line", on=False)
    assert done.code == 20, done.out + done.err
    assert [device["touched"] for device in done.tunnel["devices"]] == [False, True]
    assert done.tunnel["sentence"].endswith(
        "; vpn3640 is as it was before, read back and compared; "
        "no line of the change was sent to vpn2611; the rollback timer of vpn2611 is cancelled"
    )
    unchanged()


@pytest.mark.parametrize("device", ["vpn3640", "vpn2611"])
@pytest.mark.parametrize("line", [1, 4, 9, 14])
def test_a_session_cut_in_mid_push_is_taken_back(rehearsal, unchanged: Callable[[], None], device: str, line: int) -> None:
    """When the session is cut after any line, a new login rolls back what arrived; a cut that never comes changes nothing."""
    rehearsal.lab.fault(device, "cut-session-after", str(line))
    done = rehearsal.deploy("--yes", "--json")
    assert done.code in (20, 0), done.out + done.err
    if done.code == 20:
        unchanged()
    else:
        assert done.tunnel["verified"] is True


def test_a_device_that_is_lost_for_good_is_named(rehearsal) -> None:
    """When one end is cut in mid-push and never comes back, the other is rolled back and the run exits 21 with what to type."""
    rehearsal.lab.fault("vpn2611", "cut-session-after", "5")
    rehearsal.lab.fault("vpn2611", "slow", "100")
    process = rehearsal.begin("--yes", "--json", "--revert-in", "0")
    rehearsal.wait_for("building", host="vpn2611")
    rehearsal.lab.fault("vpn2611", "down")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 21, err
    by_hand = json.loads(out)["tunnels"][0]["by_hand"]
    assert any("rollback.cfg" in sentence for sentence in by_hand)
    assert "--close" in by_hand[-1]
    assert rehearsal.lab.exec("vpn3640", "show running-config") == rehearsal.before["running"]["vpn3640"]


@pytest.mark.parametrize(("device", "fault"), [("vpn3640", "syslog"), ("vpn2611", "syslog"), ("vpn2611", "slow")])
def test_a_talkative_or_slow_device_is_no_failure(rehearsal, device: str, fault: str) -> None:
    """Log messages in the middle of output, and late answers, do not keep the tunnel from being built and verified."""
    rehearsal.lab.fault(device, fault, *(("40",) if fault == "slow" else ()))
    done = rehearsal.deploy("--yes", "--json")
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err


def test_garbage_on_the_wire_is_never_healthy(rehearsal, unchanged: Callable[[], None]) -> None:
    """Random bytes in the middle of show output stop the run before anything is touched."""
    rehearsal.lab.fault("vpn3640", "garbage")
    done = rehearsal.deploy("--yes", "--json")
    rehearsal.lab.fault("vpn3640", "garbage", on=False)
    assert done.code not in (0, 21)
    unchanged()


def test_garbage_while_proving_takes_the_change_back(rehearsal, unchanged: Callable[[], None]) -> None:
    """When output can no longer be read after the push, the tunnel counts as not verified."""
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("triggering")
    rehearsal.lab.fault("vpn2611", "garbage")
    rehearsal.wait_for("rolling-back")
    rehearsal.lab.fault("vpn2611", "garbage", on=False)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (20, 21), out + err
    assert json.loads(out)["tunnels"][0]["verified"] is False
    if process.returncode == 20:
        unchanged()


@pytest.mark.parametrize(
    "moment", ["locked", "snapshot", "approved", "applying", "building", "switching", "applied", "triggering"]
)
def test_interrupt_at_any_moment(rehearsal, unchanged: Callable[[], None], moment: str) -> None:
    """Ctrl-C before, during and after the push ends with both devices as before; if it comes too late, with the tunnel
    verified."""
    rehearsal.lab.fault("vpn2611", "slow", "20")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for(moment)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 20, 130), out + err
    assert "Traceback" not in err
    if process.returncode == 0:
        assert json.loads(out)["tunnels"][0]["verified"] is True
    else:
        rehearsal.lab.fault("vpn2611", "slow", on=False)
        unchanged()


def test_two_runs_on_one_device(rehearsal) -> None:
    """While one run holds the devices a second one exits 75, names the first, and disturbs nothing."""
    rehearsal.lab.fault("vpn2611", "slow", "40")
    first = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("locked")
    second = rehearsal.deploy("--yes", "--json")
    assert second.code == 75
    assert "held by run 2" in second.report["error"]
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, out + err


def test_somebody_elses_unsaved_change_stops_the_run(rehearsal) -> None:
    """A device that runs what it has not saved is refused, since saving the tunnel would save that too; a flag accepts it."""
    rehearsal.configure("vpn3640", "ip route 10.99.0.0 255.255.0.0 172.18.124.1")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 13
    assert "--accept-unsaved" in done.tunnel["sentence"]
    assert rehearsal.deploy("--yes", "--accept-unsaved", "--revert-in", "0").code == 0


def _spi(rehearsal, device: str, direction: str) -> int:
    from nr_run.parsers import parse

    state = parse("ios", "show crypto ipsec sa", rehearsal.lab.exec(device, "show crypto ipsec sa")).state
    peer = {"vpn2611": "172.18.124.199", "vpn3640": "172.18.124.159"}[device]
    (flow,) = [flow for flow in state if str(flow.peer) == peer]
    assert flow.encapsulated_packets >= 10
    assert flow.decapsulated_packets >= 10
    (spi,) = [sa.spi for sa in flow.sas if sa.direction == direction]
    return spi


def _client(rehearsal) -> list[tuple[object, ...]]:
    """SPIs of the VPN client's flows, and its phase 1 row."""
    from nr_run.parsers import parse

    rows = parse("ios", "show crypto isakmp sa", rehearsal.lab.exec("vpn2611", "show crypto isakmp sa")).state
    flows = parse("ios", "show crypto ipsec sa", rehearsal.lab.exec("vpn2611", "show crypto ipsec sa")).state
    client = "64.102.55.142"
    seen = [(row.src, row.state, row.connection_id) for row in rows if client in (str(row.src), str(row.dst))]
    return [*seen, *((flow.remote_ident, tuple(sa.spi for sa in flow.sas)) for flow in flows if str(flow.peer) == client)]


def _body(configuration: str) -> list[str]:
    """A configuration without the lines that say how large it is."""
    return [line for line in configuration.splitlines() if line and not line.startswith(("Current conf", "Using ", "Building"))]
