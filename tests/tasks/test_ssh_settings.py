"""What the inventory and the user's ssh_config say of a connection reaches it: keys, agent, jump hosts, times, names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import HostKeyRefused, SessionLost, Unreachable
from nr_run.inventory.files.connection_settings import SETTINGS, ConnectionSettings
from nr_run.lab.entry import default_directory
from nr_run.tasks.access.host_keys import pins, usual_lab

from .scripted import Scripted, credentials
from .scripted import connect as scripted_connect
from .ssh_box import USER, login, new_key, public, ssh_box, works


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of whom nothing is known yet, and no agent."""
    place = tmp_path / "home"
    (place / ".ssh").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return place


def key_file(path: Path, passphrase: str | None = None) -> str:
    """A private key in a file; its public half."""
    key = new_key()
    # A passphrase is made into a key in as many rounds as the file says: few of them are enough for a test.
    path.write_bytes(key.export_private_key(passphrase=passphrase, rounds=50))
    path.chmod(0o600)
    return public(key)


def test_key_file(tmp_path: Path) -> None:
    """``key_file`` logs in where passwords are not taken; without it the login is refused."""
    accepted = key_file(tmp_path / "key")
    with ssh_box(accepted=accepted) as box:
        assert works(box, login(tmp_path, ConnectionSettings(key_file=str(tmp_path / "key"))))
        with pytest.raises(Unreachable, match="refuses the user name or the password"):
            works(box, login(tmp_path))
        assert not box.tried


def test_passphrase(tmp_path: Path) -> None:
    """The passphrase of a key is looked up by its reference, and a wrong one is said without it."""
    accepted = key_file(tmp_path / "key", "Open.Sesame.9")
    settings = ConnectionSettings(key_file=str(tmp_path / "key"), passphrase_ref="credential:passphrase")
    with ssh_box(accepted=accepted) as box:
        made = login(tmp_path, settings)
        (tmp_path / "vault" / "passphrase").write_text("Open.Sesame.9\n")
        assert works(box, made)
        (tmp_path / "vault" / "passphrase").write_text("Open.Sesame.8\n")
        with pytest.raises(Unreachable) as caught:
            works(box, login(tmp_path, settings))
        assert "Open.Sesame" not in str(caught.value)


def test_use_keys(tmp_path: Path, home: Path) -> None:
    """``use_keys`` offers the keys of ~/.ssh and those that ssh_config names; without it they stay at home."""
    accepted = key_file(home / ".ssh" / "id_ed25519")
    with ssh_box(accepted=accepted) as box:
        assert works(box, login(tmp_path, ConnectionSettings(use_keys=True)))
        with pytest.raises(Unreachable):
            works(box, login(tmp_path))
    accepted = key_file(tmp_path / "named")
    (home / ".ssh" / "config").write_text(f"Host 127.0.0.1\n  IdentityFile {tmp_path / 'named'}\n")
    with ssh_box(accepted=accepted) as box:
        assert works(box, login(tmp_path, ConnectionSettings(use_keys=True)))
        with pytest.raises(Unreachable):
            works(box, login(tmp_path))


@contextmanager
def agent(folder: Path, key: Path) -> Iterator[str]:
    """An SSH agent that holds this key; the path of its socket."""
    socket = str(folder / "agent")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not Path(socket).exists():
            assert time.monotonic() < deadline, "the agent did not start"
            time.sleep(0.02)
        environment = {**os.environ, "SSH_AUTH_SOCK": socket}
        subprocess.run(["ssh-add", "-q", str(key)], env=environment, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        yield socket
    finally:
        process.terminate()
        process.wait(10)


def test_allow_agent(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """``allow_agent`` offers the keys of the agent; without it the agent is not asked."""
    accepted = key_file(tmp_path / "key")
    with agent(tmp_path_factory.mktemp("a"), tmp_path / "key") as socket, ssh_box(accepted=accepted) as box:
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        assert works(box, login(tmp_path, ConnectionSettings(allow_agent=True)))
        with pytest.raises(Unreachable):
            works(box, login(tmp_path))


def config(path: Path, port: int, *more: str) -> str:
    """An ssh_config with one host ``edge``."""
    path.write_text("\n".join(("Host edge", "  HostName 127.0.0.1", f"  Port {port}", *(f"  {line}" for line in more))) + "\n")
    return str(path)


@pytest.mark.parametrize("named", [True, False])
def test_ssh_config(tmp_path: Path, home: Path, named: bool) -> None:
    """Address, port, the name and the files of known hosts are those of ssh_config: one that is named, or the user's own."""
    with ssh_box() as box:
        known = tmp_path / "known"
        known.write_text(f"edge-alias {public(box.keys[0])}\n")
        place = tmp_path / "config" if named else home / ".ssh" / "config"
        lines = ("HostKeyAlias edge-alias", f"UserKnownHostsFile {known}", "StrictHostKeyChecking yes")
        path = config(place, box.port, *lines)
        settings = ConnectionSettings(ssh_config_file=path if named else None)
        assert works(("edge", None), login(tmp_path, settings))
        known.write_text(f"edge-alias {public(new_key())}\n")
        with pytest.raises(HostKeyRefused, match="edge-alias has changed"):
            works(("edge", None), login(tmp_path, settings))
        known.write_text("")
        with pytest.raises(HostKeyRefused, match="is not known"):
            works(("edge", None), login(tmp_path, settings))
        assert not pins().exists()


def test_no_ssh_config(tmp_path: Path, home: Path) -> None:
    """``ssh_config_file: false`` follows none: the names of the user's own file mean nothing then."""
    with ssh_box() as box:
        config(home / ".ssh" / "config", box.port)
        assert works(("edge", None), login(tmp_path))
        with pytest.raises(Unreachable, match=r"edge port 22: (?:its name does not resolve|DNS failure)"):
            works(("edge", None), login(tmp_path, ConnectionSettings(ssh_config_file=False)))


def test_a_command_decides_in_ssh_config(tmp_path: Path) -> None:
    """``Match exec`` is followed, though what runs its commands is imported only then, in a process of its own."""
    own = tmp_path / "config"
    own.write_text(
        'Match host edge exec "test 1 = 2"\n  Port 1\nMatch host edge exec "test 1 = 1"\n  HostName 192.0.2.7\n  Port 2\n'
    )
    program = (
        "import sys\n"
        "from nr_run.tasks.access.ssh_config import reached\n"
        "from nr_run.inventory.files.connection_settings import ConnectionSettings\n"
        "before = 'invoke' in sys.modules\n"
        "found = reached('edge', None, 'netops', ConnectionSettings(ssh_config_file=sys.argv[1]))\n"
        "print(before, found.address, found.port)\n"
    )
    command = [sys.executable, "-c", program, str(own)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=True)
    assert done.stdout.split() == ["False", "192.0.2.7", "2"]


def test_ssh_config_that_cannot_be_followed(tmp_path: Path) -> None:
    """A file that is no ssh_config is said, with what to do."""
    (tmp_path / "config").write_text("Match nonsense\n")
    with pytest.raises(Unreachable, match=r"config cannot be followed .*ssh_config_file"):
        works(("edge", 22), login(tmp_path, ConnectionSettings(ssh_config_file=str(tmp_path / "config"))))


@pytest.mark.parametrize("checking", ["no", "accept-new"])
def test_a_changed_key_is_never_taken(tmp_path: Path, home: Path, checking: str) -> None:
    """StrictHostKeyChecking can say that new keys are taken, not that changed ones are."""
    with ssh_box() as box:
        config(home / ".ssh" / "config", box.port, f"StrictHostKeyChecking {checking}")
        assert works(("edge", None), login(tmp_path))
        pins().write_text(f"[127.0.0.1]:{box.port} {public(new_key())}\n")
        with pytest.raises(HostKeyRefused):
            works(("edge", None), login(tmp_path))


@contextmanager
def jump_host(folder: Path, home: Path) -> Iterator[Any]:
    """A host that is jumped over with a key, and known; its lines stand in the user's ssh_config."""
    accepted = key_file(home / ".ssh" / "jump-key")
    with ssh_box(accepted=accepted) as bastion:
        (folder / "bastion-known").write_text(f"[127.0.0.1]:{bastion.port} {public(bastion.keys[0])}\n")
        lines = (
            "Host bastion",
            "  HostName 127.0.0.1",
            f"  Port {bastion.port}",
            f"  User {USER}",
            f"  IdentityFile {home / '.ssh' / 'jump-key'}",
            f"  UserKnownHostsFile {folder / 'bastion-known'}",
        )
        (home / ".ssh" / "config").write_text("\n".join(lines) + "\n")
        yield bastion


def add(home: Path, *lines: str) -> None:
    """More lines of the user's ssh_config."""
    with (home / ".ssh" / "config").open("a") as file:
        file.write("\n".join(lines) + "\n")


def test_jump_host(tmp_path: Path, home: Path) -> None:
    """ProxyJump goes over the jump host; the key of the device is checked all the same."""
    with ssh_box() as box, jump_host(tmp_path, home) as bastion:
        add(home, "Host 127.0.0.1", "  HostKeyAlias behind", "  ProxyJump bastion")
        # ssh itself reads the file of the user that the system knows, so that the file is named.
        settings = ConnectionSettings(ssh_config_file=str(home / ".ssh" / "config"))
        assert works(box, login(tmp_path, settings))
        assert bastion.jumps == [("127.0.0.1", box.port)]
        assert pins().read_text() == f"behind {public(box.keys[0])}\n"
        pins().write_text(f"behind {public(new_key())}\n")
        with pytest.raises(HostKeyRefused):
            works(box, login(tmp_path, settings))


def test_jump_host_that_refuses(tmp_path: Path, home: Path) -> None:
    """Where the jump host cannot be passed its last words are in the message."""
    with ssh_box() as box, jump_host(tmp_path, home):
        (tmp_path / "bastion-known").write_text(f"* {public(new_key())}\n")
        add(home, "Host 127.0.0.1", "  ProxyJump bastion")
        settings = ConnectionSettings(ssh_config_file=str(home / ".ssh" / "config"), banner_timeout=30)
        with pytest.raises(Unreachable, match=r"not over the jump host: .*[Hh]ost key verification failed"):
            works(box, login(tmp_path, settings))
        assert not box.tried


def test_proxy_command(tmp_path: Path, home: Path) -> None:
    """ProxyCommand connects, with its tokens filled in."""
    relay = tmp_path / "relay.py"
    relay.write_text(
        "import os, socket, sys, threading\n"
        "there = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "def pump():\n"
        "    while data := there.recv(65536):\n"
        "        os.write(1, data)\n"
        "    os._exit(0)\n"
        "threading.Thread(target=pump, daemon=True).start()\n"
        f"open({str(tmp_path / 'used')!r}, 'w').write(sys.argv[2])\n"
        "while data := os.read(0, 65536):\n"
        "    there.sendall(data)\n"
    )
    with ssh_box() as box:
        add(home, "Host 127.0.0.1", f"  ProxyCommand {sys.executable} {relay} %h %p")
        assert works(box, login(tmp_path))
        assert (tmp_path / "used").read_text() == str(box.port)


def test_included_files(tmp_path: Path, home: Path) -> None:
    """What ssh_config includes is part of it, relative to ~/.ssh and by pattern."""
    with ssh_box() as box:
        (home / ".ssh" / "config.d").mkdir()
        config(home / ".ssh" / "config.d" / "edge.conf", box.port)
        add(home, "Include config.d/*.conf", "Host other", "  Port 1")
        assert works(("edge", None), login(tmp_path))


@pytest.mark.parametrize("name", ["auth_timeout", "login_timeout"])
def test_times(tmp_path: Path, name: str) -> None:
    """A device that thinks for three seconds about a password is waited for as long as nobody says otherwise."""
    with ssh_box(pause=3.0) as box:
        assert works(box, login(tmp_path))
        if name == "auth_timeout":
            with pytest.raises(Unreachable):
                works(box, login(tmp_path, ConnectionSettings(auth_timeout=0.5)))


@pytest.mark.parametrize(("name", "value"), [("conn_timeout", 7.0), ("banner_timeout", 8.0), ("auth_timeout", 9.0)])
def test_times_reach_netmiko(tmp_path: Path, name: str, value: float) -> None:
    """What Netmiko and Paramiko wait for is what the inventory says."""
    from nr_run.tasks.access.connection import log_in

    with ssh_box() as box:
        driver = log_in("edge-1", "127.0.0.1", box.port, login(tmp_path, ConnectionSettings(**{name: value})))
        try:
            assert getattr(driver, name) == value
        finally:
            driver.disconnect()


def test_answer_timeout(tmp_path: Path) -> None:
    """How long a device may say nothing is what the inventory says."""
    with Scripted(lambda line: "" if line == "show it" or line.startswith("!nr-") else None) as there:
        device = scripted_connect(there.port, credentials(tmp_path), settings=ConnectionSettings(answer_timeout=0.7))
        with pytest.raises(SessionLost, match="gave no answer for 1 seconds"):
            device.ask("show it")


def test_the_usual_place_of_a_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a lab is looked for is where the lab says that it is."""
    assert usual_lab() == default_directory()
    monkeypatch.setenv("NR_RUN_LAB_DIR", "/somewhere/else")
    assert usual_lab() == default_directory() == Path("/somewhere/else")


def test_every_setting_is_tried_here() -> None:
    """No setting is accepted that no test of a connection names."""
    folder = Path(__file__).parent
    texts = "".join(path.read_text() for path in folder.glob("test_*.py"))
    assert [name for name in SETTINGS if f"{name}=" not in texts and f'"{name}"' not in texts] == []
