"""What goes wrong with the newer forms, and what is changed and brought back: it ends verified, one way or the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .devices import HOSTS, Two, two
from .table import PLATFORMS
from .test_pairs import OTHER_ESP, Cell

R881, XE, ASA = PLATFORMS[3], PLATFORMS[4], PLATFORMS[9]
#: A pair with IKEv2 on maps, one on interfaces, and one with IKEv1 on interfaces.
CELLS: tuple[Cell, ...] = ((R881, ASA, 2, "crypto-map"), (XE, R881, 2, "vti"), (R881, ASA, 1, "vti"))


@pytest.fixture(params=CELLS, ids=lambda cell: f"IKEv{cell[2]} {cell[3]}")
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Two, int, str]]:
    """A pair of devices with the tunnel in the intent, and its form."""
    near, far, version, style = request.param
    with two(tmp_path, near, far) as made:
        made.write(version, style)
        yield made, version, style


def other_ike(version: int) -> dict[str, Any]:
    """Another proposal for phase 1 than auto finds."""
    mode = {"mode": "main"} if version == 1 else {}
    integrity, group = ("hmac-sha1", 5) if version == 1 else ("hmac-sha256", 14)
    proposal = {
        "name": "i",
        "encryption_algorithm": "aes-128-cbc",
        "authentication_algorithm": integrity,
        "group": group,
    }
    return {"ike_proposals": [proposal], "ike_policies": [{"name": "p1", "version": version, **mode, "proposals": ["i"]}]}


def test_another_ike_proposal_takes_the_place_of_the_first(pair: tuple[Two, int, str]) -> None:
    """The old proposal is offered no more; a rollback of the change verifies the first form up; a removal leaves nothing."""
    devices, version, style = pair
    before = devices.running()
    assert devices.run("deploy-l2l", "--yes")[0] == 0
    first = devices.running()
    devices.write(version, style, other_ike(version))
    code, report = devices.run("deploy-l2l", "--yes")
    assert code == 0, report
    changed = devices.running()
    policies = ("crypto isakmp policy", "crypto ikev1 policy", "crypto ikev2 policy", " proposal ", "crypto ikev2 proposal")
    for host in HOSTS:
        old, new = ({line for line in lines[host] if line.startswith(policies)} for lines in (first, changed))
        assert len(old) == len(new), "one for one"
        assert old != new
    code, report = devices.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False), report
    code, report = devices.run("rollback", "--yes")
    assert code == 0, report
    assert devices.running() == first
    code, report = devices.run("remove-l2l", "pair", "--yes")
    assert code == 0, report
    assert devices.running() == before


def test_what_goes_wrong_is_taken_back(pair: tuple[Two, int, str]) -> None:
    """Another key on the far end, ESP that is lost, a session that is cut: rolled back on both ends, read back and compared."""
    devices, _, _ = pair
    before = devices.running()
    for fault in (("wrong-psk-silent",), ("drop-esp",), ("cut-session-after", "6")):
        devices.lab.fault("far", *fault)
        code, report = devices.run("deploy-l2l", "--yes")
        devices.lab.fault("far", fault[0], on=False)
        # A session that is cut before the first line was kept is no change that had to be rolled back.
        assert code in ((11, 20) if fault[0] == "cut-session-after" else (20,)), (fault, report)
        assert report["tunnels"][0]["verified"] is False, fault
        assert devices.running() == before, fault
    devices.lab.fault("far", "down")
    code, report = devices.run("deploy-l2l", "--yes")
    devices.lab.fault("far", "down", on=False)
    assert code in (11, 12), report
    assert devices.running() == before


def test_a_change_that_is_refused_half_way_is_taken_back(pair: tuple[Two, int, str]) -> None:
    """A line of the change is refused half-way: the form of before is rolled back, and verified up again."""
    devices, version, style = pair
    assert devices.run("deploy-l2l", "--yes")[0] == 0
    first = devices.running()
    devices.write(version, style, OTHER_ESP, terminations=devices.wider)
    devices.lab.fault("near", "refuse-line", "set security-association lifetime")
    code, report = devices.run("deploy-l2l", "--yes")
    devices.lab.fault("near", "refuse-line", on=False)
    assert code == 20, report
    assert devices.running() == first
    assert "the tunnel is verified up again" in report["tunnels"][0]["sentence"]
    code, report = devices.run("deploy-l2l", "--yes")
    assert code == 0, report
