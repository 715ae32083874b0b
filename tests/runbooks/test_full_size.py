"""A path that takes small packets only: no deploy over it ends in plain "verified", and none is rolled back for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..warm import start_lab
from .test_partner_tunnel import give_away, partners_lines
from .test_ssh import OLD, STRONG, Pair, write_inventory

#: The three forms of a ping: in a dialogue, in one line, and by the name of an interface.
PAIRS = [("vpn2611", "vpn3640", OLD), ("c881", "asa91", STRONG)]


@pytest.fixture(params=PAIRS, ids=lambda pair: pair[0])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Two devices, and a path behind the first that takes no more than 700 bytes and tells nobody."""
    near, far, suite = request.param
    devices = {"hq": near, "branch": far}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, suite)
        yield Pair(lab, tmp_path)


def test_a_deploy_over_it_is_degraded_and_stays(pair: Pair) -> None:
    """Built, saved and told with cause and remedy, exit 12; so does a second run, until the path is mended."""
    pair.lab.fault("hq", "path-mtu", "700")
    code, report = pair.run("deploy-l2l", "--yes")
    (tunnel,) = report["tunnels"]
    assert (code, tunnel["result"], tunnel["verified"], tunnel["changed"]) == (12, "degraded", False, True), tunnel
    assert "but for small packets alone" in tunnel["sentence"]
    assert tunnel["cause"]["id"] == "mtu"
    built = pair.running()
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"], report["changed"]) == (12, "degraded", False), report
    pair.lab.fault("hq", "path-mtu", on=False)
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["tunnels"][0]["result"]) == (0, "verified"), report
    assert pair.running() == built


def test_what_was_not_tried_stands_in_the_record(tmp_path: Path) -> None:
    """Two routers that take no ping with the DF bit: verified by small packets, and the record says that it is by those alone."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        pair = Pair(lab, tmp_path)
        for name in devices:
            lab.fault(name, "refuse-exec", "df-bit")
        code, report = pair.run("deploy-l2l", "--yes")
        (tunnel,) = report["tunnels"]
        assert (code, tunnel["result"]) == (0, "verified"), tunnel
        (left,) = [item["sentence"] for item in tunnel["findings"] if item["check"] == "full-size"]
        assert "were not tried: no device showed what became of them" in left
        recap = " ".join((tmp_path / "runs" / report["run"] / "recap.txt").read_text().split())
        assert left in recap


def test_a_key_is_rotated_over_it(tmp_path: Path) -> None:
    """Through a partner's path: the new key takes its place although packets of full size are lost, as they were before."""
    devices = {"hq": "c881", "branch": "c881"}
    with start_lab(tmp_path / "lab", devices=devices, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", devices, STRONG)
        give_away(tmp_path)
        hosts = tmp_path / "inventory" / "hosts.yaml"
        hosts.write_text("".join(line for line in hosts.read_text().splitlines(True) if not line.startswith("branch:")))
        pair, secret = Pair(lab, tmp_path), lab.credentials / "hq-branch-psk"
        old = secret.read_text().strip()
        lab.exec("branch", partners_lines(lab, old))
        lab.fault("branch", "path-mtu", "700")
        assert pair.run("deploy-l2l", "--yes")[0] == 12
        lab.fault("branch", "wrong-psk")
        (lab.credentials / "hq-branch-psk.next").write_text(f"{old}\n")
        code, report = pair.run("rotate-psk", "hq-branch", "--confirm", "far-key", "--yes")
        assert code == 12, report
        assert not (lab.credentials / "hq-branch-psk.next").exists()
