"""No secret in any byte that a run leaves behind or prints, on any way that it can end, at DEBUG."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WAYS = [
    (),
    ("wrong-psk",),
    ("wrong-psk-silent",),
    ("refuse-line", "crypto isakmp key"),
    ("cut-in-echo", "7"),
    ("nvram-full",),
    ("garbage",),
]
SECRETS = ("hq-branch-psk", "device-password", "enable-secret")


@pytest.mark.parametrize("device", ["vpn2611", "vpn3640"])
@pytest.mark.parametrize("fault", WAYS, ids=lambda fault: " ".join(fault) or "none")
def test_no_secret_is_written_or_printed(rehearsal, device: str, fault: tuple[str, ...]) -> None:
    """Pre-shared key, login password and enable secret, or half of one, are in no file of the run and in no output."""
    if fault:
        rehearsal.lab.fault(device, *fault)
    done = rehearsal.deploy("--yes", "--json", "--debug")
    files = [path for path in rehearsal.runs.rglob("*") if path.is_file()]
    assert any(path.name == "debug.log" and path.stat().st_size > 1000 for path in files)
    texts = {"standard output": done.out, "standard error": done.err}
    texts |= {str(path.relative_to(rehearsal.runs)): path.read_text(errors="replace") for path in files}
    for name in SECRETS:
        value = rehearsal.secret(name)
        for part in (value, value[: len(value) // 2], value[len(value) // 2 :]):
            assert [where for where, text in texts.items() if part in text] == []
    assert [where for where, text in texts.items() if "cisco123" in text] == []


#: Secrets of the devices that no reference holds, in forms that the simulated routers take.
OTHERS = (
    "username bob password 0 Canary1Zq",
    "snmp-server community Canary2Zq RO",
    "interface Ethernet0/1",
    "description login password Canary3Zq",
)


def test_what_only_the_device_knows_is_hidden_as_well(rehearsal) -> None:
    """Secrets that stand in a device's configuration, which no reference holds, are in no file of the run and in no output."""
    for device in ("vpn2611", "vpn3640"):
        rehearsal.configure(device, *OTHERS, "write memory")
        assert rehearsal.lab.exec(device, "show running-config").count("Canary") == 3
    done = rehearsal.deploy("--yes", "--json", "--debug")
    assert done.code == 0, done.out + done.err
    shown = rehearsal.nr_run("rollback", "--yes", "--json", "--runs", str(rehearsal.runs))
    assert shown.code == 0, shown.out + shown.err
    texts = [done.out, done.err, shown.out, shown.err]
    texts += [path.read_text(errors="replace") for path in rehearsal.runs.rglob("*") if path.is_file()]
    assert len(texts) > 20
    assert [text[max(0, text.find("Canary") - 40) :][:80] for text in texts if "Canary" in text] == []


def test_the_run_folder_is_for_its_owner_only(rehearsal) -> None:
    """Folders of a run are 0700 and files 0600."""
    rehearsal.deploy("--plan", "--debug")
    (folder,) = rehearsal.runs.glob("2*")
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("as_json", [True, False])
def test_parse_does_not_quote_a_key(tmp_path: Path, as_json: bool) -> None:
    """A configuration line that parse does not understand is quoted without the key that stands in it."""
    text = tmp_path / "tunnel-group.txt"
    text.write_text("tunnel-group 192.0.2.1 type ipsec-l2l\ncrypto isakmp key S3cretKey12345 address 192.0.2.7\n")
    command = [str(Path(sys.executable).parent / "nr-run"), "parse", "--os", "asa", "show running-config tunnel-group", str(text)]
    done = subprocess.run([*command, *(["--json"] if as_json else [])], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 12, done.stdout + done.stderr
    assert "crypto isakmp key" in " ".join(done.stdout.split())
    assert "S3cretKey12345" not in done.stdout + done.stderr
