"""An ASA that is a unit of a failover pair: no command changes it, and its standby is never taken for the active unit."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import DriftError
from nr_run.runbooks.safe_change import safe_change

from .. import warm
from ..tasks.test_netmiko_connection import plain
from ..warm import start_lab
from .test_asa import YOUNG
from .test_ssh import Pair, pair  # noqa: F401 - the fixture

one_pair = pytest.mark.parametrize("pair", [("asa919", "c881", YOUNG)], indirect=True, ids=["asa919 c881"])
NR_RUN = str(Path(sys.executable).parent / "nr-run")
UNITS = {
    "active": "a failover pair is not changed",
    "standby": "not the active unit of its failover pair (Secondary - Standby Ready)",
    "pseudo-standby": "the standby of a pair whose failover is off",
}


def verify(pair: Pair) -> tuple[int, dict[str, Any]]:  # noqa: F811 - the fixture's name
    """Exit code and report of a verification."""
    environment = {"NR_RUN_CREDENTIALS": str(pair.lab.credentials), "XDG_CONFIG_HOME": str(pair.folder / "config")}
    places = ["--inventory", str(pair.folder / "inventory"), "--runs", str(pair.folder / "runs")]
    done = warm.run([NR_RUN, "verify", "hq-branch", "--json", *places], {**os.environ, **environment})
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def sentences(report: dict[str, Any]) -> str:
    """All that is said of the tunnel."""
    return json.dumps(report["tunnels"])


@one_pair
def test_nothing_changes_a_unit_of_a_pair(pair: Pair) -> None:  # noqa: F811 - the fixture
    """Deploy, removal, rotation and rollback are refused with the role of the unit, and both devices are as before."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    before = pair.running()
    for unit, says in UNITS.items():
        pair.lab.fault("hq", "failover-pair", unit)
        for words in (("deploy-l2l", "--plan"), ("remove-l2l", "hq-branch", "--yes"), ("rollback", "--yes")):
            code, report = pair.run(*words)
            assert code == 13, (unit, words, report)
            assert says in sentences(report), (unit, words)
        code, report = pair.run("rotate-psk", "hq-branch", "--yes")
        assert code == 13, (unit, report)
        assert says in sentences(report), unit
    assert pair.running() == before


@one_pair
def test_a_standby_is_no_witness(pair: Pair) -> None:  # noqa: F811 - the fixture
    """It shows the SAs of the active unit: verify takes nothing of it as known, and says whose address is wanted."""
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    assert verify(pair)[0] == 0
    pair.lab.fault("hq", "failover-pair", "active")
    assert verify(pair)[0] == 0, "the active unit of a pair is verified like any other"
    for unit in ("standby", "pseudo-standby"):
        pair.lab.fault("hq", "failover-pair", unit)
        code, report = verify(pair)
        assert code in (11, 12), report
        assert "not the active unit of its failover pair" in json.dumps(report)
        assert not any(one["healthy"] for one in report["verdicts"])


def test_a_safe_change_of_ones_own_is_refused_too(tmp_path: Path) -> None:
    """Each change takes one way to its timers, and is asked there what the device is."""
    with start_lab(tmp_path / "lab", devices={"fw": "asa919", "old": "vpn2611"}, speed=20.0) as lab:
        lab.fault("fw", "failover-pair", "standby")
        before = lab.exec("fw", "show running-config")
        with (
            pytest.raises(DriftError, match="not the active unit"),
            safe_change(plain(lab, "fw"), ("fw",), runs=tmp_path / "runs") as change,
        ):
            change.push({"fw": "access-list MINE extended permit ip host 192.0.2.1 any\n"})
        assert lab.exec("fw", "show running-config") == before
