"""Promises of the order of work, each seen on the devices: the far end first, a fresh login before the timers go, a true save."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import IPv4Address

from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.parsers import parse
from nr_run.tasks.clear import clear
from nr_run.tasks.device import connect_by

CLIENT, BRANCH = IPv4Address("64.102.55.142"), IPv4Address("172.18.124.199")


def journal(rehearsal) -> list[dict[str, str]]:
    """Of the only run."""
    (path,) = rehearsal.runs.glob("2*/journal.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_far_end_is_changed_first(rehearsal) -> None:
    """The second termination gets its lines, all of them, before the first one gets any; it is saved first as well."""
    assert rehearsal.deploy("--yes").code == 0
    steps = [(line["state"], line["host"]) for line in journal(rehearsal) if line["state"] in ("applying", "applied", "saved")]
    assert steps == [
        *[("applying", "vpn3640"), ("applied", "vpn3640"), ("applying", "vpn2611"), ("applied", "vpn2611")],
        *[("saved", "vpn3640"), ("saved", "vpn2611")],
    ]


def test_a_device_that_lets_nobody_in_is_taken_back(rehearsal, unchanged: Callable[[], None]) -> None:
    """When the session lives and a new login is refused, the verified change is not kept: its timer does its work."""
    rehearsal.lab.fault("vpn2611", "slow", "60")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("triggering")
    rehearsal.lab.fault("vpn3640", "login-refused")
    rehearsal.wait_for("rolling-back")
    rehearsal.lab.fault("vpn3640", "login-refused", on=False)
    rehearsal.lab.fault("vpn2611", "slow", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 20, out + err
    assert not [line for line in journal(rehearsal) if line["state"] in ("saving", "done")]
    unchanged()


def test_a_save_that_keeps_less_is_no_save(rehearsal, unchanged: Callable[[], None]) -> None:
    """A device that says [OK] and keeps less than it runs is found out, and both ends are rolled back."""
    rehearsal.lab.fault("vpn3640", "save-drops", "match address NR-hq-branch")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("rolling-back")
    rehearsal.lab.fault("vpn3640", "save-drops", on=False)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 20, out + err
    assert "startup configuration is not the running one" in json.loads(out)["tunnels"][0]["sentence"]
    unchanged()


def test_clearing_one_peer_leaves_phase_1_of_the_others(rehearsal) -> None:
    """On a router an IKE SA is cleared by its number: that of the peer alone, and the VPN client keeps the one it had."""
    assert rehearsal.deploy("--yes").code == 0
    nornir = load_nornir(rehearsal.inventory)
    secrets = Secrets(folders=(rehearsal.lab.credentials,))
    nornir = connect_by(nornir, secrets, platforms_of(nornir), tag="nr-test")

    def rows() -> dict[IPv4Address, int]:
        shown = parse("ios", "show crypto isakmp sa", rehearsal.lab.exec("vpn2611", "show crypto isakmp sa")).state
        return {peer: row.connection_id for row in shown for peer in (CLIENT, BRANCH) if peer in (row.dst, row.src)}

    before = rows()
    assert set(before) == {CLIENT, BRANCH}
    result = nornir.filter(name="vpn2611").run(clear, peers=[BRANCH])["vpn2611"]
    nornir.close_connections()
    assert result[0].exception is None
    assert rows() == {CLIENT: before[CLIENT]}
