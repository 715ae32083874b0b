"""Cryptography that is left to nr-run is deployed as the strongest that both devices can do."""

from __future__ import annotations

import re
from pathlib import Path

from ..warm import start_lab
from .test_ssh import Pair, write_inventory


def test_the_strongest_in_common_is_picked_deployed_and_kept(tmp_path: Path) -> None:
    """A router that has SHA-2 and a firewall that has not get AES 256, SHA-1 and group 14, and a second run has nothing to do."""
    profiles = {"hq": "c881", "branch": "asa919"}
    with start_lab(tmp_path / "lab", devices=profiles, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", profiles, ("aes-256-cbc", "hmac-sha1", 14))
        intent = tmp_path / "inventory" / "vpn" / "intent.yaml"
        text = re.sub(r"(?m)^(?:ike|ipsec)_proposals: .*\n", "", intent.read_text())
        text = re.sub(r"proposals: \[\w+\]", "proposals: auto", text).replace("pfs_group: 14", "pfs_group: auto")
        intent.write_text(text)
        pair = Pair(lab, tmp_path)
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        assert report["tunnels"][0]["verified"] is True
        running = pair.running()
        assert "crypto ipsec transform-set NR-hq-branch esp-aes 256 esp-sha-hmac" in "\n".join(running["hq"])
        assert " group 14" in running["hq"]
        assert " set pfs group14" in running["hq"]
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        assert pair.running() == running
        code, report = pair.run("rollback", "--yes")
        assert code == 0, report
