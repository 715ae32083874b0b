"""Starting, finding and stopping a lab; its folder; the command line."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_run.lab import entry
from nr_run.lab.cli import lab as cli
from nr_run.lab.core.errors import LabError, NoLab
from nr_run.lab.core.faults import FAULTS
from nr_run.lab.entry import LabHandle, attach, start

from .telnet_client import login

SECRET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.~%^*+=:@-]{23,}")


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_private_and_goes_away(tmp_path: Path) -> None:
    """Folder and credentials are for the owner alone; a stop removes record and credentials."""
    folder = tmp_path / "lab"
    with start(folder, speed=50) as lab:
        assert mode(folder) == mode(lab.credentials) == 0o700
        assert mode(folder / "lab.json") == 0o600
        names = sorted(path.name for path in lab.credentials.iterdir())
        assert names == ["device-password", "device-username", "enable-secret", "hq-branch-psk"]
        assert all(mode(path) == 0o600 for path in lab.credentials.iterdir())
        texts = [(lab.credentials / name).read_text().strip() for name in names]
        assert texts[1] == "nr"
        assert all(SECRET.fullmatch(text) for index, text in enumerate(texts) if index != 1)
        assert len(set(texts)) == 4
        assert attach(folder).devices == lab.devices
    assert not folder.exists()
    with pytest.raises(NoLab, match="No lab runs"):
        attach(folder)


def test_passwords_are_stored_as_hashes_only(lab: LabHandle) -> None:
    """The configuration of a box shows no login password and no enable secret."""
    shown = lab.exec("vpn2611", "show running-config") + lab.exec("vpn3640", "show running-config")
    for name in ("device-password", "enable-secret"):
        assert (lab.credentials / name).read_text().strip() not in shown


def test_a_dead_lab_is_recognised_and_replaced(tmp_path: Path) -> None:
    """The record of a killed lab is stale: attaching says so, and a new lab starts in its place."""
    folder = tmp_path / "lab"
    first = start(folder, speed=50)
    os.kill(first.pid, 9)
    first._process.wait()  # noqa: SLF001, RUF100 - the test's own child
    first.stop()
    (tmp_path / "kept").mkdir()
    with start(folder, speed=50) as second:
        assert second.pid != first.pid
        with pytest.raises(LabError, match="already"):
            start(folder)


def test_the_lab_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    """A throw-away lab ends when its parent dies without stopping it."""
    code = (
        "import pathlib, sys, os; from nr_run.lab.entry import start;"
        f"lab = start(pathlib.Path({str(tmp_path / 'lab')!r})); print(lab.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    pid = int(done.stdout)
    for _ in range(200):
        if not entry.folder.alive(pid):
            break
        time.sleep(0.05)
    assert not entry.folder.alive(pid)
    assert not (tmp_path / "lab").exists()


def test_clones_have_their_own_names(tmp_path: Path) -> None:
    """Any number of boxes of a profile can run, each with its own host name and addresses."""
    with start(tmp_path / "lab", devices={"r001": "vpn3640", "r002": "vpn3640"}, speed=50) as lab:
        addresses = set()
        for name in ("r001", "r002"):
            with login(lab, name) as line:
                assert line.ask("").endswith(f"{name}#")
            addresses |= set(re.findall(r"ip address (\S+)", lab.exec(name, "show running-config")))
        assert len(addresses) == 4


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """With fixed ports, a port that something else uses is named in one sentence."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 12611))
        except OSError:
            pass
        else:
            other.listen()
        with pytest.raises(LabError, match=r"Port 12611 on 127\.0\.0\.1 is taken"):
            start(tmp_path / "lab", fixed_ports=True)


def test_the_control_channel_wants_its_token(lab: LabHandle) -> None:
    """A request without the token is refused."""
    record = json.loads((lab.directory / "lab.json").read_text())
    with pytest.raises(LabError, match="token"):
        entry.request(record["control"], "wrong", "status")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose lab, if the test left one, is stopped afterwards."""
    place = tmp_path / "lab"
    yield place
    try:
        attach(place).stop()
    except NoLab:
        return


def test_the_command_line_from_up_to_down(folder: Path) -> None:
    """Up, status, exec, fault and down do their work and exit with 0."""
    run, where = CliRunner(), ["--directory", str(folder)]
    up = run.invoke(cli, ["up", "--detach", "--any-ports", "--speed", "50", *where])
    assert up.exit_code == 0, up.output
    assert str(folder / "credentials") in up.output
    shown = run.invoke(cli, ["exec", "vpn3640", "show clock", *where])
    assert "UTC" in shown.output
    assert run.invoke(cli, ["fault", "vpn3640", "cut-session-after", "4", "on", *where]).exit_code == 0
    state = json.loads(run.invoke(cli, ["status", "--json", *where]).output)
    assert state["devices"]["vpn3640"]["faults"] == {"cut-session-after": ["4"]}
    assert "cut-session-after 4" in run.invoke(cli, ["status", *where]).output
    assert run.invoke(cli, ["fault", "vpn3640", "cut-session-after", "off", *where]).exit_code == 0
    state = json.loads(run.invoke(cli, ["status", "--json", *where]).output)
    assert state["devices"]["vpn3640"]["faults"] == {}
    wrong = run.invoke(cli, ["fault", "vpn3640", "drop-epp", *where])
    assert (wrong.exit_code, "drop-esp" in wrong.output) == (66, True)
    wrong = run.invoke(cli, ["exec", "vpn364", "show clock", *where])
    assert (wrong.exit_code, "vpn3640" in wrong.output) == (66, True)
    assert run.invoke(cli, ["down", *where]).exit_code == 0
    gone = run.invoke(cli, ["status", *where])
    assert (gone.exit_code, "No lab runs" in gone.output) == (66, True)


def test_other_devices_are_named_on_the_command_line(folder: Path) -> None:
    """`--device NAME=MODEL` plays that device instead; a pair that is none, or a model that is none, is refused."""
    run, where = CliRunner(), ["--directory", str(folder)]
    wrong = run.invoke(cli, ["up", "--device", "hq", *where])
    assert (wrong.exit_code, "hq is not NAME=MODEL" in wrong.output) == (2, True)
    wrong = run.invoke(cli, ["up", "--device", "hq=c882", *where])
    assert (wrong.exit_code, "Did you mean c881?" in wrong.output) == (1, True)
    up = run.invoke(cli, ["up", "--detach", "--any-ports", "--device", "hq=c881", *where])
    assert up.exit_code == 0, up.output
    assert up.output.startswith("hq  ssh 127.0.0.1 ")
    assert "15.4(3)M3" in run.invoke(cli, ["exec", "hq", "show version", *where]).output


def test_faults_are_listed_without_a_lab(folder: Path) -> None:
    """`lab fault` alone lists every fault with its sentence, whether or not a lab runs."""
    text = CliRunner().invoke(cli, ["fault", "--directory", str(folder)]).output
    for fault in FAULTS.values():
        assert fault.name in text
        assert fault.says in text


def test_help_has_examples() -> None:
    """Every command explains itself with an example."""
    for words in ([], ["up"], ["status"], ["down"], ["exec"], ["fault"]):
        assert "Example" in CliRunner().invoke(cli, [*words, "--help"]).output
