"""The whole example inventory in the lab: built, verified, shown in the README, left alone, and taken away again."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nr_run.lab.entry import attach

from .. import warm
from ..docs.test_pictures import IMAGES, words

ROOT = Path(__file__).parents[2]
NR_RUN = str(Path(sys.executable).parent / "nr-run")


def exporter() -> Any:
    """docs/pictures.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("pictures", ROOT / "docs" / "pictures.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def configurations(lab: Path) -> dict[str, list[str]]:
    """What every device runs, and what it would boot, without the lines that tell when and how large."""
    running = attach(lab)
    passing = ("!", ":", "Current conf", "Building", "Using ", "Cryptochecksum", "ntp clock-period")
    return {
        f"{name} {kind}": [
            line for line in running.exec(name, f"show {kind}-config").splitlines() if line and not line.startswith(passing)
        ]
        for name in running.devices
        for kind in ("running", "startup")
    }


def test_the_whole_estate(tmp_path: Path) -> None:
    """All tunnels are verified as the pictures show; a second run changes nothing; rolled back, every device is as it was before.

    The partner's tunnel is verified from our side, and the VPN client of the 2611 stays connected throughout.
    """
    pictures = exporter()
    with pictures.estate() as lab:
        before = configurations(Path(lab["NR_RUN_LAB_DIR"]))
        own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), **lab}

        def run(*line: str) -> subprocess.CompletedProcess[str]:
            return warm.run([NR_RUN, *line, "--runs", str(tmp_path / "runs"), "--yes"], {**os.environ, **own}, timeout=600)

        made = {name: words(svg) for name, svg in pictures.pictures(own, tmp_path).items()}
        assert made == {path.name: words(path.read_text()) for path in IMAGES.glob("*.svg")}, "run `make pictures`"
        built = configurations(Path(lab["NR_RUN_LAB_DIR"]))
        again = run("deploy-l2l", "--lab", "--inventory", str(ROOT / "inventory"))
        assert again.returncode == 0, again.stdout
        assert again.stdout.count("have this configuration already") == 11, again.stdout
        assert configurations(Path(lab["NR_RUN_LAB_DIR"])) == built
        # Not a removal: that leaves an IKE policy which VPN clients have come to be offered.
        _, rollout, _ = sorted(path.name for path in (tmp_path / "runs").glob("2*"))
        back = run("rollback", rollout)
        assert back.returncode == 0, back.stdout
        clients = attach(Path(lab["NR_RUN_LAB_DIR"])).exec("vpn2611", "show crypto isakmp sa")
        assert configurations(Path(lab["NR_RUN_LAB_DIR"])) == before
    assert "64.102.55.142" in clients
