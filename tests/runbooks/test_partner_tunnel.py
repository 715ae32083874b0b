"""A tunnel whose far end is a partner's: pushed on our end alone, verified as far as our end can see, or rolled back.

The partner is played by a device of the lab that somebody else has configured; test_far_end.py has partners that are played from
data, and what can be wrong with them.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nr_run.lab.entry import LabHandle

from .. import warm
from ..warm import start_lab
from .test_ssh import STRONG, Pair, write_inventory

OURS = ("c881", "asa91")


def addresses(lab: LabHandle, name: str) -> tuple[str, str]:
    """Outside address, and the network behind it as IOS writes it in a list."""
    lines = lab.exec(name, "show running-config").splitlines()
    outside, inside = (line.split()[2] for line in lines if line.startswith(" ip address "))
    return outside, inside.rsplit(".", 1)[0] + ".0 0.0.0.255"


def partners_lines(lab: LabHandle, key: str, group: int = 5) -> str:
    """What the partner types on its 881, in names of its own."""
    peer, ours = addresses(lab, "hq")
    _, theirs = addresses(lab, "branch")
    return f"""configure terminal
crypto isakmp policy 7
 encr aes 256
 hash sha
 authentication pre-share
 group {group}
crypto isakmp key {key} address {peer}
crypto ipsec transform-set THEIRS esp-aes 256 esp-sha-hmac
ip access-list extended THEIRS
 permit ip {theirs} {ours}
crypto map THEIRS 10 ipsec-isakmp
 set peer {peer}
 set transform-set THEIRS
 set pfs group{group}
 match address THEIRS
interface FastEthernet4
 crypto map THEIRS
end"""


def give_away(folder: Path) -> None:
    """The second end of the tunnel is a partner's: it has no host, and nobody logs in to it."""
    path = folder / "inventory" / "vpn" / "intent.yaml"
    path.write_text(re.sub(r"host: branch, interface: [^,]+, ", "partner: Example Ltd, ", path.read_text()))


@pytest.fixture
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Our device and the partner's, and an inventory that has ours alone."""
    devices = {"hq": getattr(request, "param", "c881"), "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        give_away(tmp_path)
        hosts = tmp_path / "inventory" / "hosts.yaml"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(True) if not line.startswith("branch:")))
        yield Pair(lab, tmp_path)


@pytest.fixture
def key(pair: Pair) -> str:
    """The pre-shared key of the tunnel."""
    return (pair.lab.credentials / "hq-branch-psk").read_text().strip()


@pytest.fixture
def reached(pair: Pair, key: str) -> Callable[[], dict[str, list[str]]]:
    """The partner has set its side; gives what both run."""
    pair.lab.exec("branch", partners_lines(pair.lab, key))
    return pair.running


@pytest.mark.parametrize("pair", OURS, indirect=True)
def test_it_is_built_proved_from_our_side_and_removed(pair: Pair, reached) -> None:
    """Only our end is pushed; pings through it are answered; recap and JSON say from where it is verified; removal is exact."""
    before = reached()
    code, report = pair.run("deploy-l2l", "--yes")
    (tunnel,) = report["tunnels"]
    assert code == 0, tunnel
    assert (tunnel["result"], tunnel["verified"]) == ("verified", True)
    assert tunnel["sentence"] == "built on hq, verified up from this side only and saved"
    assert re.match(
        r"verified from this side only: Example Ltd \(172[0-9.]+\) is not ours, and was not checked$", tunnel["reach"]
    )
    assert [device["host"] for device in tunnel["devices"]] == ["hq"]
    built = reached()
    assert built["branch"] == before["branch"]
    assert built["hq"] != before["hq"]
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False)
    assert report["tunnels"][0]["sentence"].endswith("the tunnel is verified up from this side only")
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert (code, report["tunnels"][0]["verified"]) == (0, True), report
    assert report["tunnels"][0]["sentence"] == "removed from hq, verified gone from this side only and saved"
    assert reached() == before


@pytest.mark.parametrize("pair", OURS, indirect=True)
def test_one_that_left_the_intent_is_removed_by_name(pair: Pair, reached) -> None:
    """Our device alone is named: what goes to a peer that nobody of ours has is taken away there, and can be restored."""
    before = reached()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    built = reached()
    path = pair.folder / "inventory/vpn/intent.yaml"
    path.write_text(path.read_text().replace("name: hq-branch", "name: other\n    status: planned"))
    code, report = pair.run("remove-l2l", "hq-branch", "--host", "hq", "--yes")
    (tunnel,) = report["tunnels"]
    assert (code, tunnel["verified"]) == (0, True), tunnel["sentence"]
    assert tunnel["sentence"].startswith("removed from hq, verified gone from this side only")
    assert not [line for line in reached()["hq"] if "NR-hq-branch" in line]
    rest = [line for line in reached()["hq"] if line not in before["hq"] and not line.startswith("Cryptochecksum:")]
    assert [line for line in rest if not line.startswith(" ") and "isakmp" not in line and "ikev1" not in line] == []
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert {name: sorted(lines) for name, lines in reached().items()} == {name: sorted(lines) for name, lines in built.items()}


def test_a_session_that_is_cut(pair: Pair, reached) -> None:
    """The session to our end is lost in the midst of the lines: it is rolled back over another one."""
    before = reached()
    pair.lab.fault("hq", "cut-session-after", 9)
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (20, "rolled-back"), report
    assert reached() == before


def test_a_change_in_place_that_the_partner_does_not_follow(pair: Pair, reached) -> None:
    """Another PFS group at our end alone: rolled back, and the tunnel is verified up again as it was, from this side."""
    reached()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    built = reached()
    path = pair.folder / "inventory/vpn/intent.yaml"
    path.write_text(path.read_text().replace("pfs_group: 5", "pfs_group: 2"))
    code, report = pair.run("deploy-l2l", "--yes")
    (tunnel,) = report["tunnels"]
    assert (code, tunnel["result"]) == (20, "rolled-back"), tunnel
    assert "the tunnel is verified up again from this side only" in tunnel["sentence"]
    assert reached() == built


def test_a_run_is_rolled_back(pair: Pair, reached) -> None:
    """rollback rolls our end back to what it was, and touches nothing else."""
    before = reached()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    code, report = pair.run("rollback", "--yes")
    assert (code, report["tunnels"][0]["verified"]) == (0, True), report
    assert reached() == before


def test_the_plan_says_what_has_to_be_so_there(pair: Pair) -> None:
    """A plan names the end that is not ours, that it is not touched, and what a person has to have confirmed of it."""
    command = [str(Path(sys.executable).parent / "nr-run"), "deploy-l2l", "--plan", "--inventory", str(pair.folder / "inventory")]
    own = {"NR_RUN_CREDENTIALS": str(pair.lab.credentials), "XDG_CONFIG_HOME": str(pair.folder / "config"), "COLUMNS": "200"}
    done = warm.run([*command, "--runs", str(pair.folder / "runs")], {**os.environ, **own})
    assert done.returncode == 2, done.stderr
    peer, _ = addresses(pair.lab, "hq")
    for words in (
        "not ours: Example Ltd",
        "is not touched, and the tunnel is verified from this side only",
        f"there: its peer is {peer}, with the same pre-shared key",
        "there: IKEv1 with AES-256-CBC, SHA-1, group 5",
        "there: its selectors are ",
        "nr-run partner-sheet hq-branch",
    ):
        assert words in done.stdout


def test_a_run_that_was_killed_is_resumed(pair: Pair, reached) -> None:
    """Killed with our lines on the device and not verified: resume rolls our end back, and the partner's is left alone."""
    before = reached()
    process = warm.Process(
        [
            *(str(Path(sys.executable).parent / "nr-run"), "deploy-l2l", "--yes", "--json", "--poll-interval", "0.1"),
            *("--inventory", str(pair.folder / "inventory"), "--runs", str(pair.folder / "runs")),
        ],
        {
            **os.environ,
            "NR_RUN_CREDENTIALS": str(pair.lab.credentials),
            "XDG_CONFIG_HOME": str(pair.folder / "config"),
        },
    )
    deadline = time.monotonic() + 60
    while not any('"applied"' in path.read_text() for path in pair.folder.glob("runs/2*/journal.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=30)
    code, report = pair.run("resume")
    assert code == 20, report
    assert reached() == before
