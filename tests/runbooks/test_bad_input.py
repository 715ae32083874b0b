"""What is wrong with the command line, the inventory, the intent or the login is one sentence and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .. import warm

SHARED = "inventory/vpn"


def nr_run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The real command, without a terminal."""
    command = [str(Path(sys.executable).parent / "nr-run"), *words]
    return warm.run(command, os.environ, timeout=60, folder=cwd)


INTENT_MISTAKES = [
    ("vpn/hq-branch.yaml", "10.10.20.0/24", "10.10.10.0/24", "overlap"),
    ("vpn/hq-branch.yaml", "outside_ip:", "outside_addres:", "outside_ip"),
    ("vpn/hq-branch.yaml", "status: active", "status: activ", "active"),
    ("vpn/hq-branch.yaml", "credential:hq-branch-psk", "credential:hq-brunch-psk", "credential:hq-branch-psk"),
    ("vpn/hq-branch.yaml", "credential:hq-branch-psk", "env:NR_RUN_TEST_NOT_SET", "NR_RUN_TEST_NOT_SET"),
    ("vpn/hq-branch.yaml", "2028-06-30", "2024-06-30", "waiver"),
    ("vpn/cryptography.yaml", "encryption_algorithm: 3des-cbc", "encryption_algorithm: aes-256-gcm", "GCM"),
    ("vpn/cryptography.yaml", "encryption_algorithm: 3des-cbc", "encryption_algorithm: aes-256-cbc", "vpn2611"),
    ("vpn/cryptography.yaml", "encryption_algorithm: 3des-cbc", "encryption_algorithm: des-cbc", "des-cbc"),
    ("vpn/hq-branch.yaml", "terminations:", "terminations: [", "hq-branch.yaml"),
    ("vpn/cryptography.yaml", "    version: 1\n    mode: main\n", "    version: 2\n", "can do: use an IKE policy with version 1"),
    ("vpn/cryptography.yaml", "    version: 1\n    mode: main\n", "", "can do: use an IKE policy with version 1"),
    (
        "vpn/cryptography.yaml",
        "proposals: [esp-3des-sha1]",
        "proposals: [esp-3des-sha1, esp-3des-sha1]",
        "lists esp-3des-sha1 twice",
    ),
    ("vpn/hq-branch.yaml", "nat_traversal: false", "nat_traversal: true", "nat_traversal"),
    (
        "vpn/hq-branch.yaml",
        "role: peer\n        interface: Ethernet0/0\n        outside_ip: 172.18.124.159",
        "role: hub\n        interface: Ethernet0/0\n        outside_ip: 172.18.124.159",
        "role hub of vpn2611",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), INTENT_MISTAKES)
def test_a_wrong_intent_exits_65(rehearsal, file: str, old: str, new: str, said: str) -> None:
    """A mistake in the intent is named with its file before any device is logged in to."""
    rehearsal.edit(file, old, new)
    done = rehearsal.deploy("hq-branch", "--yes", "--json")
    assert done.code == 65, done.out + done.err
    assert said in done.report["error"]
    assert "Traceback" not in done.err
    assert all(rehearsal.lab.counters(name).logins == 0 for name in ("vpn2611", "vpn3640"))


def test_an_unknown_tunnel_exits_66_with_the_nearest(rehearsal) -> None:
    """A misspelt tunnel is no tunnel, and the nearest name is given."""
    done = rehearsal.deploy("hq-brunch", "--yes")
    assert done.code == 66
    assert "hq-branch" in done.err


def test_an_unknown_host_exits_66_with_the_nearest(rehearsal) -> None:
    """A host of the intent that the inventory lacks is named with the nearest."""
    rehearsal.edit("vpn/hq-branch.yaml", "host: vpn2611", "host: vpn2612")
    done = rehearsal.deploy("--yes")
    assert done.code == 66
    assert "vpn2611" in done.err


def test_no_inventory_exits_66(tmp_path: Path) -> None:
    """A folder without hosts.yaml is no inventory."""
    done = nr_run("deploy-l2l", "--yes", "--inventory", str(tmp_path))
    assert done.returncode == 66
    assert "hosts.yaml" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deploy-l2l",), "--yes"),
        (("deploy-l2l", "--json"), "--yes"),
        (("remove-l2l", "hq-branch"), "--yes"),
        (("rollback",), "--yes"),
        (("deploy-l2l", "--plan", "--yes"), "--plan"),
        (("deploy-l2l", "--yse"), "--yes"),
        (("deploy-l2", "--yes"), "deploy-l2l"),
        (("deploy-l2l", "--yes", "--ike-timeout", "soon"), "soon"),
    ],
)
def test_a_wrong_command_line_exits_64(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """What the command line lacks or misspells is said, and nothing is started."""
    done = nr_run(*words, cwd=tmp_path)
    assert done.returncode == 64, done.stderr
    assert said in done.stderr + done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_closed_standard_input_is_nobody_to_ask(tmp_path: Path) -> None:
    """Started without any standard input, as some timers do, the command asks for --yes like everywhere else."""
    command = f"{Path(sys.executable).parent / 'nr-run'} deploy-l2l <&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 64, done.stderr
    assert "--yes" in done.stderr


@pytest.mark.parametrize(
    ("credential", "device", "said"),
    [
        ("device-password", "vpn3640", "user name or the password"),
        ("device-username", "vpn2611", "user name or the password"),
        ("enable-secret", "vpn2611", "enable"),
    ],
)
def test_a_wrong_credential_exits_11(
    rehearsal, unchanged: Callable[[], None], tmp_path: Path, credential: str, device: str, said: str
) -> None:
    """A refused login or a refused enable secret is told apart, names the device, and changes nothing."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    for file in rehearsal.lab.credentials.iterdir():
        (folder / file.name).write_text("Wrong-Value-123" if file.name == credential else file.read_text())
    done = rehearsal.deploy("--yes", "--json", NR_RUN_CREDENTIALS=str(folder))
    assert done.code == 11, done.out
    assert device in done.tunnel["sentence"]
    assert said in done.tunnel["sentence"]
    unchanged()


def test_a_wrong_release_in_the_inventory_is_refused(rehearsal, unchanged: Callable[[], None]) -> None:
    """A device that runs another release than the inventory says gets no configuration that was made for the other."""
    rehearsal.edit("groups.yaml", "12.2(8)T", "12.2(13)T")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 13, done.out + done.err
    assert "12.2(8)T" in done.tunnel["sentence"]
    unchanged()


def test_the_wrong_box_behind_an_address_is_refused(rehearsal, unchanged: Callable[[], None]) -> None:
    """When the two ports are swapped, the devices call themselves something else and nothing is pushed."""
    ports = {name: str(place.port) for name, place in rehearsal.lab.devices.items()}
    rehearsal.edit("hosts.yaml", ports["vpn2611"], "1")
    rehearsal.edit("hosts.yaml", ports["vpn3640"], ports["vpn2611"])
    rehearsal.edit("hosts.yaml", "port: 1\n", f"port: {ports['vpn3640']}\n")
    done = rehearsal.deploy("--yes", "--json")
    assert done.code == 13, done.out + done.err
    assert "calls itself" in done.tunnel["sentence"]
    unchanged()


def test_an_unwritable_runs_folder_exits_1(rehearsal, tmp_path: Path) -> None:
    """Without a run folder there is no change."""
    (tmp_path / "file").write_text("")
    done = rehearsal.deploy("--yes", "--runs", str(tmp_path / "file"))
    assert done.code in (0, 1)
    assert "Traceback" not in done.err
