"""An SSH host key is checked before anything is sent: known hosts decide, or the key that was pinned on first use."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import asyncssh
import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.errors import Exit, HostKeyRefused, Unreachable
from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.lab.entry import LabHandle
from nr_run.tasks.access.host_keys import pins
from nr_run.tasks.access.known_hosts import HostKey, keys_in

from ..warm import start_lab
from .ssh_box import connect, login, new_key, public, ssh_box, works


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of whom nothing is known yet."""
    place = tmp_path / "home"
    (place / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(place))
    return place


def fingerprint(key: asyncssh.SSHKey) -> str:
    """As it is told."""
    return str(key.get_fingerprint())


def test_first_use_and_a_changed_key(tmp_path: Path) -> None:
    """The first key is pinned, for the owner only; another key on the same port is refused before the password goes: which was
    expected, which came, where it is pinned, what to type, exit 11."""
    first, second = new_key(), new_key()
    with ssh_box(first) as box:
        assert works(box, login(tmp_path))
        assert works(box, login(tmp_path))
        port = box.port
    assert pins().read_text() == f"[127.0.0.1]:{port} {public(first)}\n"
    assert stat.S_IMODE(pins().stat().st_mode) == 0o600
    with ssh_box(second, port=port) as box:
        with pytest.raises(HostKeyRefused) as caught:
            works(box, login(tmp_path))
        assert not box.tried
    said = str(caught.value)
    assert said.startswith(
        f"edge-1: the SSH host key of [127.0.0.1]:{port} has changed: expected ssh-ed25519 {fingerprint(first)}"
    )
    assert f"({pins()}:1), and ssh-ed25519 {fingerprint(second)} came" in said
    assert f"ssh-keygen -R '[127.0.0.1]:{port}' -f {pins()}" in said
    assert caught.value.exit_code is Exit.UNREACHABLE


PINS = """
import resource, sys
from nr_run.inventory.errors import HostKeyRefused
from nr_run.inventory.files.connection_settings import ConnectionSettings
from nr_run.tasks.access.host_keys import HostKeys
from nr_run.tasks.access.known_hosts import HostKey
from nr_run.tasks.access.ssh_config import Reached
keys, came = HostKeys(ConnectionSettings(system_host_keys=False)), HostKey("ssh-ed25519", bytes(range(51)))
keys.check(Reached("192.0.2.1", 22), came)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    keys.check(Reached("192.0.2.2", 22), came)
except HostKeyRefused as error:
    print(error)
"""


def test_a_full_disk_pins_no_part_of_a_key() -> None:
    """A part of a key would be taken for that of the host, which is refused then for ever; nor does it spoil another's line."""
    done = subprocess.run([sys.executable, "-c", PINS, "150"], capture_output=True, text=True, check=True)
    assert "cannot be kept" in done.stdout
    assert [line.split()[0] for line in pins().read_text().splitlines()] == ["192.0.2.1"]
    with pins().open("a") as file:
        file.write("192.0.2.3 ssh-ed25519 AAAA")  # what a crash has left
    subprocess.run([sys.executable, "-c", PINS, "10000"], capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in pins().read_text().splitlines()] == ["192.0.2.1", "192.0.2.3", "192.0.2.2"]


def test_another_type_of_key_is_another_key(tmp_path: Path) -> None:
    """A device that had an RSA key and comes with one of another type only is refused."""
    with ssh_box(new_key("ssh-rsa")) as box:
        assert works(box, login(tmp_path))
        port = box.port
    with ssh_box(new_key(), port=port) as box, pytest.raises(HostKeyRefused, match="expected ssh-rsa SHA256:"):
        works(box, login(tmp_path))


@pytest.mark.parametrize("kind", ["ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_the_known_type_is_asked_for(tmp_path: Path, home: Path, kind: str) -> None:
    """A device with keys of several types, of which one is known, shows that one."""
    keys = {name: new_key(name) for name in ("ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256")}
    with ssh_box(*keys.values()) as box:
        (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{box.port} {public(keys[kind])}\n")
        assert works(box, login(tmp_path))
    assert not pins().exists()


@pytest.mark.parametrize("place", ["user", "alternative"])
def test_known_hosts_decide(tmp_path: Path, home: Path, place: str) -> None:
    """A file of known hosts decides, also over a pin: its key is taken and not pinned, another one is refused with its place."""
    right, wrong = new_key(), new_key()
    file = home / ".ssh" / "known_hosts" if place == "user" else tmp_path / "others"
    settings = ConnectionSettings(alt_key_file=str(file)) if place == "alternative" else ConnectionSettings()
    with ssh_box(right) as box:
        pins().parent.mkdir(parents=True)
        pins().write_text(f"[127.0.0.1]:{box.port} {public(wrong)}\n")
        file.write_text(f"# ours\n[127.0.0.1]:{box.port} {public(right)}\n")
        assert works(box, login(tmp_path, settings))
        file.write_text(f"[127.0.0.1]:{box.port} {public(wrong)}\n")
        with pytest.raises(HostKeyRefused, match=rf"\({file}:1\)"):
            works(box, login(tmp_path, settings))
        assert box.tried == ["password"]


def test_settings_that_switch_files_off(tmp_path: Path, home: Path) -> None:
    """``system_host_keys: false`` and ``alt_host_keys: false`` do not look into these files; the key is pinned then."""
    wrong = public(new_key())
    with ssh_box() as box:
        for file in (home / ".ssh" / "known_hosts", tmp_path / "others"):
            file.write_text(f"[127.0.0.1]:{box.port} {wrong}\n")
        only = ConnectionSettings(system_host_keys=False, alt_host_keys=False, alt_key_file=str(tmp_path / "others"))
        assert works(box, login(tmp_path, only))
        with pytest.raises(HostKeyRefused):
            works(box, login(tmp_path, ConnectionSettings(alt_key_file=str(tmp_path / "others"), system_host_keys=False)))
        with pytest.raises(HostKeyRefused):
            works(box, login(tmp_path))


def test_strict(tmp_path: Path, home: Path) -> None:
    """``ssh_strict`` takes known keys only: an unknown one is refused with its fingerprint, and not pinned."""
    with ssh_box() as box:
        with pytest.raises(HostKeyRefused, match="is not known") as caught:
            works(box, login(tmp_path, ConnectionSettings(ssh_strict=True)))
        assert fingerprint(box.keys[0]) in str(caught.value)
        assert not pins().exists()
        (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{box.port} {public(box.keys[0])}\n")
        assert works(box, login(tmp_path, ConnectionSettings(ssh_strict=True)))


def test_a_revoked_key(tmp_path: Path, home: Path) -> None:
    """A key that is marked as revoked is refused, also beside a line that names it."""
    with ssh_box() as box:
        line = f"[127.0.0.1]:{box.port} {public(box.keys[0])}\n"
        (home / ".ssh" / "known_hosts").write_text(f"{line}@revoked {line}")
        with pytest.raises(HostKeyRefused, match="is revoked in"):
            works(box, login(tmp_path))
        assert not box.tried


def test_a_state_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the key cannot be kept the login is refused, and the message says what to do."""
    (tmp_path / "state").write_text("a file")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with ssh_box() as box:
        with pytest.raises(HostKeyRefused, match="XDG_STATE_HOME"):
            works(box, login(tmp_path))
        assert not box.tried


def test_known_hosts_that_cannot_be_read(tmp_path: Path, home: Path) -> None:
    """A file of known hosts that is there and cannot be read may hold the key: nothing is taken for the first use."""
    (home / ".ssh" / "known_hosts").mkdir()
    with ssh_box() as box:
        with pytest.raises(HostKeyRefused, match="known_hosts cannot be read"):
            works(box, login(tmp_path))
        assert not box.tried
    assert not pins().exists()


def lab_folder(folder: Path, port: int, key: str, pid: int) -> Path:
    """What a lab leaves in its folder, as far as host keys go."""
    (folder / "credentials").mkdir(parents=True)
    (folder / "lab.json").write_text(json.dumps({"pid": pid}))
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}\n")
    return folder / "credentials"


def test_the_folder_of_a_lab_decides(tmp_path: Path) -> None:
    """A port that a running lab names has the lab's key and no other, whatever was pinned; a dead lab says nothing."""
    with ssh_box() as box:
        made = login(tmp_path)
        pins().parent.mkdir(parents=True)
        pins().write_text(f"[127.0.0.1]:{box.port} {public(new_key())}\n")
        folders = made.secrets.folders
        right = lab_folder(tmp_path / "right", box.port, public(box.keys[0]), os.getpid())
        wrong = lab_folder(tmp_path / "wrong", box.port, public(new_key()), os.getpid())
        dead = lab_folder(tmp_path / "dead", box.port, public(box.keys[0]), 2**22 + 1)
        for folder, taken in ((right, True), (wrong, False), (dead, False)):
            object.__setattr__(made.secrets, "folders", (*folders, folder))
            if taken:
                assert works(box, made)
            else:
                with pytest.raises(HostKeyRefused):
                    works(box, made)
        assert len(pins().read_text().splitlines()) == 1


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> LabHandle:
    """A router and a firewall that are reached by SSH."""
    with start_lab(tmp_path_factory.mktemp("lab") / "lab", devices={"hq": "c881", "fw": "asa919"}, speed=20.0) as handle:
        yield handle


@pytest.mark.parametrize("name", ["hq", "fw"])
def test_a_lab_names_its_keys(tmp_path: Path, lab: LabHandle, name: str) -> None:
    """The devices of a lab are known by its folder, so that nothing is pinned for them; the file is its owner's only."""
    made = login(tmp_path)
    object.__setattr__(made.secrets, "folders", (lab.credentials,))
    device = connect((lab.devices[name].host, lab.devices[name].port), made) if name == "hq" else None
    if device is not None:
        device.close()
    file = lab.directory / "known_hosts"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [key.kind for key in keys_in(file, f"[127.0.0.1]:{lab.devices[name].port}")] == ["ssh-rsa"]
    assert not pins().exists()


_NAME = st.from_regex(r"[a-z][a-z0-9-]{0,8}(\.[a-z]{2,4})?", fullmatch=True)


@given(_NAME, _NAME, st.integers(1, 65535))
def test_names_of_known_hosts(tmp_path_factory: pytest.TempPathFactory, name: str, other: str, port: int) -> None:
    """A name is found as it is, by a pattern, by its hash and with its port; not where an exclamation mark excepts it."""
    known = f"[{name}]:{port}"
    key = "ssh-rsa AAAA"
    file = tmp_path_factory.getbasetemp() / "known"
    for patterns, wanted, found in (
        (known, known, True),
        (f"{other},{known}", known, True),
        (f"[{name[:1]}*]:{port}", known, True),
        ("*", name, True),
        (f"*,!{name}", name, False),
        (paramiko.HostKeys.hash_host(known), known, True),
        (paramiko.HostKeys.hash_host(name), f"{name}x", False),
        (f"{name}x", name, False),
        (name, known, False),
    ):
        file.write_text(f"{patterns} {key}\n")
        assert list(keys_in(file, wanted)) == ([HostKey("ssh-rsa", b"\0\0\0", f"{file}:1")] if found else []), patterns


@pytest.mark.parametrize(
    ("offered", "words"),
    [
        ({"kex_algs": ["curve448-sha512"]}, "no acceptable kex algorithm"),
        ({"encryption_algs": ["chacha20-poly1305@openssh.com"]}, "cipher"),
    ],
)
def test_an_algorithm_that_we_lack(tmp_path: Path, offered: dict[str, list[str]], words: str) -> None:
    """The reason of a handshake that fails is in the message."""
    with ssh_box(**offered) as box, pytest.raises(Unreachable, match=words):
        works(box, login(tmp_path))
