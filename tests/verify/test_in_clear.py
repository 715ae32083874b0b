"""A part of a tunnel's traffic that leaves in clear is told, though every ping of a verification passes through the tunnel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..runbooks.test_forms import SUITE, intend
from ..runbooks.test_ssh import write_inventory
from ..warm import start_lab
from .test_forms import built, only


@pytest.mark.parametrize(("ours", "version"), [("c881", 1), ("asa919", 2)])
def test_hosts_that_a_list_leaves_out(tmp_path: Path, ours: str, version: int) -> None:
    """With a denied host behind our device the tunnel is degraded for that reason; with the line gone it is up again."""
    devices = {"hq": ours, "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, SUITE)
        intend(tmp_path, version, "crypto-map")
        estate = built(lab, tmp_path)
        assert only(estate)[1]["word"] == "up"
        inner = re.search(r"^ ip address (10\.\S+)\.\d+ ", lab.exec("hq", "show running-config"), re.MULTILINE)
        assert inner
        if ours.startswith("asa"):
            typed = [f"access-list NR-hq-branch line 1 extended deny ip host {inner[1]}.77 any"]
            undone = [f"no access-list NR-hq-branch extended deny ip host {inner[1]}.77 any"]
        else:
            header, line = "ip access-list extended NR-hq-branch", f"deny ip host {inner[1]}.77 any"
            typed, undone = [header, f"5 {line}"], [header, f"no {line}"]
        estate.configure("hq", *typed)
        code, verdict = only(estate)
        assert (code, verdict["word"]) == (12, "degraded"), verdict["sentence"]
        assert f"host {inner[1]}.77" in verdict["sentence"]
        assert "list-denies" in [cause["id"] for cause in verdict["causes"]]
        estate.configure("hq", *undone)
        assert only(estate)[1]["word"] == "up"
