"""Two runs of one machine never work on one device at once, whatever their folders and inventories are called."""

from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path

import pytest

from nr_run.inventory.errors import Locked
from nr_run.lab.entry import Endpoint
from nr_run.runbooks.locking.lock_holder import Holder
from nr_run.runbooks.locking.machine_locks import lock_folders, machine_locked, refuse_held_here

from .. import warm


def holder(run: str = "one") -> Holder:
    """This process, for a run."""
    return Holder.me(run, 60)


def places(rehearsal) -> list[Endpoint]:
    """Where the two devices are, in the order of their names."""
    return [rehearsal.lab.devices[name] for name in ("vpn2611", "vpn3640")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of locks of its own."""
    monkeypatch.setenv("NR_RUN_LOCKS", str(tmp_path / "locks"))
    return tmp_path / "locks"


def test_two_folders_two_inventories_one_device(rehearsal, tmp_path: Path) -> None:
    """Of two operators with two runs folders and two names for the same devices the second exits 75 and arms nothing."""
    other = tmp_path / "theirs"
    shutil.copytree(rehearsal.inventory, other)
    for path in (other / "hosts.yaml", *other.glob("vpn/*.yaml")):
        path.write_text(path.read_text().replace("vpn2611", "hub").replace("vpn3640", "branch"))
    rehearsal.lab.fault("vpn3640", "slow", "60")
    first = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("armed")
    (mine,) = (path.name for path in rehearsal.runs.glob("2*"))
    arguments = [word.replace(str(rehearsal.inventory), str(other)) for word in rehearsal.arguments("--yes", "--json")]
    arguments = [word.replace(str(rehearsal.runs), str(tmp_path / "their-runs")) for word in arguments]
    second = warm.run(arguments, rehearsal.environment)
    assert first.poll() is None
    assert second.returncode == 75, second.stdout + second.stderr
    error = json.loads(second.stdout)["error"]
    named = [f"{name} ({place.host}:{place.port})" for name, place in zip(("hub", "branch"), places(rehearsal), strict=True)]
    assert error.startswith(tuple(named))
    for word in (f"run {mine}", f"process {first.pid}", "wait until that run has ended"):
        assert word in error
    (theirs,) = (tmp_path / "their-runs").glob("2*")
    assert "arming" not in (theirs / "journal.jsonl").read_text()
    out, err = first.communicate(timeout=90)
    assert first.returncode == 0, out + err


def test_one_runs_folder_two_names(rehearsal, tmp_path: Path) -> None:
    """Machines that share a runs folder, but no kernel, are held apart by a device's address whatever they call it."""
    other = tmp_path / "theirs"
    shutil.copytree(rehearsal.inventory, other)
    for path in (other / "hosts.yaml", *other.glob("vpn/*.yaml")):
        path.write_text(path.read_text().replace("vpn2611", "hub").replace("vpn3640", "branch"))
    rehearsal.lab.fault("vpn3640", "slow", "60")
    first = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("armed")
    arguments = [word.replace(str(rehearsal.inventory), str(other)) for word in rehearsal.arguments("--yes", "--json")]
    second = warm.run(arguments, {**rehearsal.environment, "NR_RUN_LOCKS": str(tmp_path / "jump2")})
    assert second.returncode == 75, second.stdout + second.stderr
    assert "is held by run 2" in json.loads(second.stdout)["error"]
    out, err = first.communicate(timeout=90)
    assert first.returncode == 0, out + err


def test_who_looks_sees_and_keeps_nothing(folder: Path) -> None:
    """To look refuses while a run holds the device and passes afterwards; what the holder wrote is gone with it."""
    with machine_locked(holder(), {"hub": "192.0.2.1:22"}):
        with pytest.raises(Locked, match=r"hub \(192\.0\.2\.1:22\) is held by run one on .* wait until that run has ended"):
            refuse_held_here({"hub": "192.0.2.1:22"})
        refuse_held_here({"hub": "192.0.2.1:23"})
    refuse_held_here({"hub": "192.0.2.1:22"})
    assert [path.read_text() for path in folder.iterdir()] == [""]


def test_a_name_is_its_addresses(folder: Path) -> None:
    """An inventory with the name of a device and one with its address mean one device."""
    address = socket.getaddrinfo("localhost", 22, type=socket.SOCK_STREAM)[0][4][0]
    with (
        machine_locked(holder(), {"hub": "localhost:22"}),
        pytest.raises(Locked, match="held by run one"),
        machine_locked(holder("two"), {"other": f"{address}:22"}),
    ):
        pass
    assert folder.is_dir()


def test_all_or_none(folder: Path) -> None:
    """A run that cannot have one device holds none of the others either."""
    with machine_locked(holder(), {"b": "192.0.2.2:22"}):
        with pytest.raises(Locked), machine_locked(holder("two"), {"a": "192.0.2.1:22", "b": "192.0.2.2:22"}):
            pass
        refuse_held_here({"a": "192.0.2.1:22"})
    assert folder.is_dir()


def test_what_a_stranger_wrote_does_not_reach_the_terminal(folder: Path) -> None:
    """All users may write there: control characters and what is no record are not repeated."""
    with machine_locked(holder(), {"hub": "192.0.2.1:22"}):
        (path,) = folder.iterdir()
        text = json.loads(path.read_text())
        path.write_text(json.dumps({**text, "user": "me\x1b[2J\r\n"}))
        with pytest.raises(Locked) as refusal:
            refuse_held_here({"hub": "192.0.2.1:22"})
        assert str(refusal.value).isprintable()
        path.write_text("rubbish")
        with pytest.raises(Locked, match="held by another run"):
            refuse_held_here({"hub": "192.0.2.1:22"})


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    """A lock file that somebody has made a link to another file locks nothing and empties nothing."""
    folder.mkdir()
    (tmp_path / "precious").write_text("kept")
    (folder / "192.0.2.1:22.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(Locked, match="cannot be locked"), machine_locked(holder(), {"hub": "192.0.2.1:22"}):
        pass
    assert (tmp_path / "precious").read_text() == "kept"


def test_the_users_own_folder_is_always_among_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder that was named, the state folder of the user holds the locks too, for that user only."""
    monkeypatch.delenv("NR_RUN_LOCKS", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folders = lock_folders()
    assert folders[-1] == tmp_path / "nr-run" / "locks"
    assert folders[-1].stat().st_mode & 0o777 == 0o700


def test_no_folder_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no lock can be kept nothing is begun, and the way out is named."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NR_RUN_LOCKS", str(tmp_path / "file" / "locks"))
    with pytest.raises(Locked, match="NR_RUN_LOCKS"):
        lock_folders()


def test_a_killed_holder_holds_nothing(folder: Path) -> None:
    """The kernel lets go with the process; what it had written is no lock."""
    folder.mkdir()
    path = folder / "192.0.2.1:22.lock"
    path.write_text(holder("dead").text)
    refuse_held_here({"hub": "192.0.2.1:22"})
    with machine_locked(holder("two"), {"hub": "192.0.2.1:22"}):
        assert '"run": "two"' in path.read_text()
