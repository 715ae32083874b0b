"""nr-run verify, drift, status and history on an ASA of the lab to which phones connect, as on every other service."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from nr_run.lab.entry import LabHandle

from ... import warm
from ...remote_access.ground import Site
from ...warm import start_lab
from .access import HOST, values

DISABLED = "tunnel-group VPNPhone webvpn-attributes\ngroup-url https://vpn.example.com/VPNPhone disable"


class Office(Struct, frozen=True):
    """One ASA, an inventory that is about phones alone, and the command."""

    lab: LabHandle
    folder: Path

    def run(self, *words: str, code: int) -> str:
        """What a command prints."""
        places = ["--runs", str(self.folder / "runs")]
        if words[0] in ("verify", "drift"):
            places += ["--inventory", str(self.folder / "inventory")]
        secrets = {"NR_RUN_CREDENTIALS": str(self.lab.credentials), "XDG_CONFIG_HOME": str(self.folder / "config")}
        done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words, *places], {**os.environ, **secrets})
        assert done.returncode == code, done.stdout + done.stderr
        return str(done.stdout)

    def verdict(self, *words: str, code: int) -> dict[str, Any]:
        """The one verdict."""
        (found,) = json.loads(self.run("verify", "--json", *words, code=code))["verdicts"]
        return dict(found)

    def type(self, lines: str) -> None:
        """Type on the ASA, and save."""
        self.lab.exec(HOST, f"configure terminal\n{lines}\nend\nwrite memory")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A phone is connected, and one is expected; the intent keeps its file."""
    folder = tmp_path_factory.mktemp("phones")
    inventory = folder / "inventory"
    with start_lab(folder / "lab", devices={HOST: Site().order}, speed=20) as lab:
        (inventory / "tftp").mkdir(parents=True)
        secrets = "username_ref: 'credential:device-username', password_ref: 'credential:device-password'"
        (inventory / "hosts.yaml").write_text(
            f"{HOST}: {{hostname: 127.0.0.1, port: {lab.devices[HOST].port}, platform: cisco_asa, data: {{model: ASA, "
            f"release: '9.19(1)', {secrets}, enable_ref: 'credential:enable-secret'}}}}\n"
        )
        (inventory / "tftp" / "SEP00005E005301.cnf.xml").write_text(Site().xml)
        files = ["tftp/SEP00005E005301.cnf.xml"]
        record = values(expected_sessions={"at_least": 1}, phone_configs=files, phone_model="7962")
        (inventory / "vpn-phones.yaml").write_text(json.dumps({"schema_version": 1, "phones": [record]}))
        assert lab.client("desk", "phone", host=HOST, xml=Site().xml)["connected"]
        yield Office(lab, folder)


def test_phones_are_up(office: Office) -> None:
    """An inventory about phones alone is verified: up, as intended, with its numbers among the metrics and on the page."""
    page, metrics = office.folder / "page.html", office.folder / "phones.prom"
    made = office.verdict("--html", str(page), "--prometheus", str(metrics), code=0)
    assert (made["word"], made["configured"], made["healthy"]) == ("up", "as-intended", True)
    assert made["untested"] == []
    samples = metrics.read_text()
    assert 'nr_run_service_figure{service="vpn-phones",tunnel="desk-phones",what="pool-free"} 199\n' in samples
    assert 'nr_run_tunnel_healthy{service="vpn-phones",tunnel="desk-phones"} 1\n' in samples
    assert "IP phones of VPNPhone" in page.read_text()
    assert "desk-phones" in office.run("status", code=0)


def test_what_has_changed_is_told(office: Office) -> None:
    """A URL that somebody has disabled is a cause in verify, a line in drift, and a change in history."""
    office.type(DISABLED)
    try:
        made = office.verdict(code=12)
        (drift,) = json.loads(office.run("drift", "--json", code=2))["services"]
    finally:
        office.type(DISABLED.replace("disable", "enable"))
    assert (made["word"], made["configured"]) == ("degraded", "differs")
    assert [cause["id"] for cause in made["causes"]] == ["group-url"]
    (line,) = drift["devices"][0]["lines"]
    url = "group-url https://vpn.example.com/VPNPhone"
    assert (line["kind"], line["line"], line["was"]) == ("changed", f"{url} enable", f"{url} disable")
    assert line["under"] == "tunnel-group VPNPhone webvpn-attributes"
    assert office.verdict(code=0)["word"] == "up"
    assert "degraded" in office.run("history", "desk-phones", code=0)


def test_phones_are_played_by_the_names_of_the_intent(tmp_path: Path, office: Office) -> None:
    """A rehearsal plays a head-end in order with the names of the intent, at which no phone is."""
    record = values(
        host="hub",
        tunnel_group="Desk",
        group_policy="Desk-Policy",
        group_url="https://asa.example.net/desk",
        address_pools=["DESKS"],
        trustpoint="ASA-TP",
    )
    text = (office.folder / "inventory" / "hosts.yaml").read_text().replace(f"{HOST}:", "hub:", 1)
    (tmp_path / "hosts.yaml").write_text(text)
    (tmp_path / "vpn-phones.yaml").write_text(json.dumps({"schema_version": 1, "phones": [record]}))
    words = ["verify", "--lab", "--json", "--inventory", str(tmp_path), "--runs", str(tmp_path / "runs")]
    done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], dict(os.environ))
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = json.loads(done.stdout)["verdicts"]
    assert (made["word"], made["configured"], made["causes"]) == ("idle", "as-intended", [])
