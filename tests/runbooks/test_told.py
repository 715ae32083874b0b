"""What devices say, and what a connection is worth, is told at the end of a run; an unreadable answer is no wrong file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import asdict

from nr_run.inventory.errors import Exit, ParseError, UnreadableAnswer, answers_of
from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.commands.views.screen import console
from nr_run.runbooks.commands.views.view import recap_view
from nr_run.runbooks.engine.plans.planning import DeploymentPlan
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.saved_plan import SavedPlan, nornir_of, platforms_in
from nr_run.runbooks.run.summary import Summary
from nr_run.tasks.device import connect_by


def test_telnet_is_said_plainly(rehearsal) -> None:
    """A run over telnet says so for each device, in recap and report, once each, also when it only looks."""
    done = rehearsal.deploy("--plan")
    words = "telnet: nothing on this line is encrypted or authenticated"
    said = [f"{name}: {words}" for name in ("vpn2611", "vpn3640")]
    assert sorted(line for line in done.out.splitlines() if words in line) == said
    (folder,) = rehearsal.runs.glob("2*")
    assert sorted(json.loads((folder / "run.json").read_text())["warnings"]) == said
    assert Summary.of(folder).last == "ended"


def test_a_warning_is_kept_and_told_once(tmp_path: Path) -> None:
    """The security warning of a device is in the journal and in the recap, however often it comes."""
    folder = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(()))
    for _ in range(2):
        folder.tell("hq: SECURITY WARNING - Module: CRYPTO, Reason: weak")
    screen = console()
    with screen.capture() as kept:
        screen.print(recap_view(folder.id, "deploy-l2l", str(folder.path), (), Exit.OK, told=folder.told))
    assert kept.get().count("SECURITY WARNING - Module: CRYPTO") == 1
    assert (folder.path / "journal.jsonl").read_text().count('"told"') == 1
    folder.close()


def test_a_resumed_run_connects_as_the_run_did() -> None:
    """What the inventory said of a connection goes with the record: a resumed run checks the same keys and takes the same way."""
    settings = ConnectionSettings(ssh_strict=True, alt_key_file="/etc/known", login_timeout=40)
    place = {
        "address": "192.0.2.1",
        "port": 2001,
        "references": {"username_ref": "env:A", "password_ref": "env:B"},
        "model": "881",
        "release": "15.4(3)M3",
        "connection": json.loads(json.dumps(asdict(settings))),
        "platform": "cisco_ios_telnet",
    }
    records = [SavedPlan(cast(DeploymentPlan, None), {"hq": place})]
    nornir = connect_by(nornir_of(records), Secrets(()), platforms_in(records))
    login = nornir.inventory.hosts["hq"].connection_options["netmiko"].extras["login"]
    assert (login.settings, login.platform) == (settings, "cisco_ios_telnet")


def test_an_answer_that_cannot_be_read_is_no_wrong_file() -> None:
    """What a device answered ends in another code than a file does, and names the device."""
    words = r"^hq: show kron schedule: '\^\^' is no row of a schedule$"
    with pytest.raises(UnreadableAnswer, match=words) as caught, answers_of("hq"):
        raise ParseError("show kron schedule: '^^' is no row of a schedule")
    assert (caught.value.exit_code, ParseError("x").exit_code) == (Exit.UNREACHABLE, Exit.INTENT)


def test_noise_before_a_change_names_its_device(rehearsal) -> None:
    """Random bytes in the output of a device are a device's fault, which a timer tries again: not the inventory's."""
    rehearsal.lab.fault("vpn3640", "garbage")
    done = rehearsal.deploy("--plan", "--json")
    rehearsal.lab.fault("vpn3640", "garbage", on=False)
    assert done.code in (Exit.UNREACHABLE, Exit.PRECHECK_FAILED), done.out + done.err
    assert "vpn3640" in done.tunnel_or_error
