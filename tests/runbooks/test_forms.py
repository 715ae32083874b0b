"""Each form of a tunnel, from end to end: deployed, kept, and removed; or refused as not built where it is not switched on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nr_run.inventory.built import CARRIED
from nr_run.inventory.intent import Style
from nr_run.inventory.platforms import platform_for

from ..warm import start_lab
from .test_ssh import BOXES, Pair, write_inventory

FORMS: list[tuple[str, str, int, Style]] = [
    ("c881", "c881", 1, "vti"),
    ("c881", "c881", 2, "crypto-map"),
    ("asa919", "asa919", 2, "crypto-map"),
    ("asa919", "c881", 2, "vti"),
]


def carried(profile: str, version: int, style: Style) -> bool:
    """True if the engine carries this form on a device of the lab."""
    model, release, *_ = BOXES[profile]
    return CARRIED.carries(platform_for(model, release), version, style)


def rewrite(intent: Path, version: int, style: Style) -> None:
    """The test's tunnel with cryptography of nr-run's choice, in this form."""
    text = re.sub(r"(?m)^(?:ike|ipsec)_proposals: .*\n", "", intent.read_text())
    text = re.sub(r"proposals: \[\w+\]", "proposals: auto", text).replace("pfs_group: 14", "pfs_group: auto")
    if version == 2:
        text = text.replace("version: 1, mode: main", "version: 2")
    if style == "vti":
        text = text.replace("    terminations:", "    tunnel_prefix: 10.255.0.0/30\n    terminations:")
    intent.write_text(text)


@pytest.mark.parametrize(("near", "far", "version", "style"), FORMS)
def test_a_form_is_deployed_and_removed_or_refused(tmp_path: Path, near: str, far: str, version: int, style: Style) -> None:
    """Built, proved, found again by a second run and taken away without a trace; where it waits, refused with nothing changed."""
    profiles = {"hq": near, "branch": far}
    with start_lab(tmp_path / "lab", devices=profiles, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", profiles, ("aes-256-cbc", "hmac-sha1", 14))
        rewrite(tmp_path / "inventory" / "vpn" / "intent.yaml", version, style)
        pair = Pair(lab, tmp_path)
        before = pair.running()
        code, report = pair.run("deploy-l2l", "--yes")
        if not all(carried(profile, version, style) for profile in (near, far)):
            assert code == 65, report
            assert "not built yet" in str(report)
            assert pair.running() == before
            return
        assert code == 0, report
        assert report["tunnels"][0]["verified"] is True
        built = pair.running()
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        assert pair.running() == built
        code, report = pair.run("remove-l2l", "hq-branch", "--yes")
        assert code == 0, report
        assert pair.running() == before
