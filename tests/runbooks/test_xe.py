"""Tunnels of a Catalyst 8000V at 17.9 and at 17.11, with an 881 and with an ASA."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.parsers import parse

from ..timed_pair import ARCHIVE, REPLACE, REVERT, TimedPair
from ..warm import start_lab
from .test_ssh import Pair, write_inventory

SHA1 = ("aes-256-cbc", "hmac-sha1", 14)
SHA256 = ("aes-256-cbc", "hmac-sha256", 14)


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """The pair of profiles that a test is parametrized with."""
    one, two, suite = request.param
    with start_lab(tmp_path / "lab", devices={"hq": one, "branch": two}, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", {"hq": one, "branch": two}, suite)
        yield Pair(lab, tmp_path)


PAIRS = [
    ("c8000v-17", "c881", SHA256),
    ("c8000v-1711", "c881", SHA256),
    ("c8000v-1711", "asa919", SHA1),
    ("c8000v-17", "vpn2611", ("3des-cbc", "hmac-sha1", 2)),
]


@pytest.mark.parametrize("pair", PAIRS, indirect=True, ids=lambda value: f"{value[0]} {value[1]}")
def test_a_tunnel_is_built_proved_kept_and_rolled_back(pair: Pair) -> None:
    """Each pair gets its tunnel, keeps it in a second run, and is as before after a rollback."""
    before = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False)
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report
    assert pair.running() == before


@pytest.mark.parametrize("pair", PAIRS[:1], indirect=True, ids=["padded"])
def test_the_padded_release_of_the_first_line_is_the_same_release(pair: Pair) -> None:
    """An inventory that says 17.09.04a, as the first line of show version does, means 17.9.4a; 17.9.4 is another one."""
    hosts = pair.folder / "inventory" / "hosts.yaml"
    text = hosts.read_text()
    hosts.write_text(text.replace("17.9.4a", "17.9.4"))
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 13, report
    assert "it runs 17.9.4a, the inventory says 17.9.4: correct the inventory" in report["tunnels"][0]["sentence"]
    hosts.write_text(text.replace("17.9.4a", "17.09.04a"))
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report


def test_what_only_one_end_can_do_is_refused_before_a_login(tmp_path: Path) -> None:
    """A 2611 and a C8000V at 17.11 share no cryptography: both reasons and both ways out are named, and nobody logs in."""
    devices = {"hq": "c8000v-1711", "branch": "vpn2611"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, ("3des-cbc", "hmac-sha1", 2))
        code, report = Pair(lab, tmp_path).run("deploy-l2l", "--yes")
        assert code == 65, report
        for words in (
            "3des-cbc",
            "group 2",
            "run a newer release on branch, or",
            "on hq configure crypto engine compliance shield disable and reload, which Cisco advises against",
        ):
            assert words in report["error"], report
        assert [lab.counters(name).logins for name in devices] == [0, 0]


@pytest.fixture(params=[{"hq": "c8000v-17", "branch": "c881"}, {"hq": "c881", "branch": "c8000v-1711"}], ids=["17", "1711"])
def xe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimedPair]:
    """A C8000V that goes back by a revert timer, or one that goes back by configure replace, with an 881."""
    devices: dict[str, str] = request.param
    with start_lab(tmp_path / "lab", devices=devices, speed=40) as lab:
        lab.exec(REVERT, ARCHIVE)
        lab.exec(REVERT, "write memory")
        write_inventory(lab, tmp_path / "inventory", devices, SHA1)
        timed = TimedPair(lab, tmp_path)
        timed.before = timed.configurations()
        yield timed


def c8000v(timed: TimedPair) -> str:
    """Which of the two is the C8000V."""
    return next(name for name, line in ((n, timed.shows(n, "show version")) for n in (REVERT, REPLACE)) if "XE" in line)


def test_changed_in_place_brought_back_and_removed(xe: TimedPair) -> None:
    """Built, changed to SHA-256, brought back to SHA-1 and removed: each time verified, and nothing of a timer is left."""
    code, report = xe.run("deploy-l2l", "--yes")
    assert code == 0, report
    armed = {line["host"]: line["method"] for line in xe.journal if line["state"] == "arming"}
    assert armed == {REVERT: "revert-timer", REPLACE: "configure-replace"}
    for command in ("show crypto isakmp sa", "show crypto ipsec sa", "show crypto session", "show crypto isakmp policy"):
        parsed = parse("ios", command, xe.shows(c8000v(xe), command))
        assert parsed.complete, parsed.problems
    first = xe.configurations()
    intent = xe.folder / "inventory" / "vpn" / "intent.yaml"
    text = intent.read_text()
    intent.write_text(text.replace("hmac-sha1", "hmac-sha256"))
    code, report = xe.run("deploy-l2l", "--yes")
    assert code == 0, report
    assert report["tunnels"][0]["verified"] is True
    assert "esp-256-aes esp-sha256-hmac" in xe.shows(c8000v(xe), "show crypto ipsec sa")
    assert all("hash sha256" in "\n".join(xe.body(name)) for name in (REVERT, REPLACE))
    code, report = xe.run("rollback", "--yes")
    assert code == 0, report
    assert xe.configurations() == first
    code, report = xe.run("remove-l2l", "hq-branch", "--yes")
    intent.write_text(text)
    assert code == 0, report
    xe.assert_as_before()


def test_a_wrong_key_is_taken_back(xe: TimedPair) -> None:
    """The key that the C8000V got is another one: the tunnel does not come up and both ends are as before."""
    xe.lab.fault(c8000v(xe), "wrong-psk")
    code, report = xe.run("deploy-l2l", "--yes")
    assert code == 20, report
    xe.assert_as_before()


def test_lost_management_comes_back_by_itself(xe: TimedPair) -> None:
    """A C8000V that nobody can log in to goes back by its timer, without a reload."""
    device = c8000v(xe)
    xe.lab.fault(device, "lose-management-after", "7" if device == REVERT else "11")
    code, report = xe.run("deploy-l2l", "--yes", "--revert-in", "2", "--boot-timeout", "60")
    assert code == 20, report
    xe.assert_as_before()
    assert not xe.has_reloaded(device)


@pytest.mark.parametrize("state", ["switching", "commit-decided"])
def test_killed_then_resumed(xe: TimedPair, state: str) -> None:
    """After kill -9 resume ends with both ends as before, or with the verified and saved tunnel on both."""
    for name in (REVERT, REPLACE):
        xe.lab.fault(name, "slow", "15")
    xe.kill_at(state)
    for name in (REVERT, REPLACE):
        xe.lab.fault(name, "slow", on=False)
    code, report = xe.run("resume")
    assert code in (0, 20), report
    xe.assert_no_residue()
    if code == 20:
        xe.assert_as_before()
    else:
        assert report["tunnels"][0]["verified"] is True
        assert all(xe.body(name) == xe.body(name, "startup") for name in (REVERT, REPLACE))


def test_without_clock_and_archive_a_reload_with_its_reason_is_the_timer(tmp_path: Path) -> None:
    """The last method: `reload in N reason TEXT`, verified by `show reload`, fired when management is lost."""
    devices = {"hq": "c8000v-17", "branch": "c8000v-1711"}
    with start_lab(tmp_path / "lab", devices=devices, speed=60) as lab:
        for name in devices:
            lab.fault(name, "clock-unset")
        write_inventory(lab, tmp_path / "inventory", devices, SHA256)
        timed = TimedPair(lab, tmp_path)
        timed.before = timed.configurations()
        code, report = timed.run("deploy-l2l", "--yes")
        assert code == 0, report
        armed = {line["host"]: line["method"] for line in timed.journal if line["state"] == "arming"}
        assert armed == {"hq": "reload-in", "branch": "reload-in"}
        code, report = timed.run("rollback", "--yes")
        assert code == 0, report
        lab.fault("branch", "lose-management-after", "4")
        code, report = timed.run("deploy-l2l", "--yes", "--revert-in", "2", "--boot-timeout", "240")
        assert code == 20, report
        assert timed.configurations() == timed.before
        assert timed.has_reloaded("branch")
