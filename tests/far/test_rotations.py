"""Rotations whose devices are reached from workers: the new key is found there by reference, or the run is refused."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit

from ..conftest import DEVICES, Done
from ..verify.estate import TUNNEL
from .at_work import BRANCH, LEASE, OPTIONS, Clear, every
from .befalling import all_let_go, worker_of
from .conftest import KEY, Cluster

PSK = "hq-branch-psk"


class Rotating(Clear):
    """The cluster with a tunnel that is up, and its key."""

    #: What had been recorded before the test.
    earlier: dict[Path, bytes]

    @property
    def kept(self) -> Path:
        """Where the key is kept, for the command and the workers alike."""
        return self.cluster.estate.lab.credentials / PSK

    @property
    def key(self) -> str:
        """The one that is in use."""
        return self.kept.read_text().strip()

    @property
    def next(self) -> Path:
        """Where the next key stands until it is in use."""
        return self.kept.with_name(f"{PSK}.next")

    def on_devices(self) -> set[str]:
        """The keys that both devices have for each other."""
        shown = [self.cluster.estate.lab.exec(name, "show running-config") for name in DEVICES]
        return {key for text in shown for key in re.findall(r"crypto isakmp key (\S+) address 172\.18\.124\.(?:159|199)\b", text)}

    def rotate(self, *words: str, **environment: str) -> Done:
        """To its end."""
        return self.cluster.run("rotate-psk", TUNNEL, "--json", *OPTIONS, *words, **{**LEASE, **environment})

    def only(self, environment: dict[str, str]) -> None:
        """One worker alone, which has this environment."""
        for name in list(self.cluster.workers):
            self.cluster.end_worker(name)
        self.cluster.begin_worker("alone", {**self.cluster.recording, **environment})

    def recorded(self) -> dict[Path, bytes]:
        """What is recorded by now of all that passes scheduler and workers, sealed and opened, and of what they log."""
        files = [*(self.cluster.folder / "passed").iterdir(), *self.cluster.folder.glob("*.log")]
        return {path: path.read_bytes() for path in files}

    def passed(self) -> bytes:
        """What was recorded since the test began: tasks of one's own, which have no reference, send home sealed what they saw."""
        return b"".join(text.removeprefix(self.earlier.get(path, b"")) for path, text in self.recorded().items())


@pytest.fixture
def rotating(cluster: Cluster) -> Iterator[Rotating]:
    """A tunnel that is up, before and after."""
    all_let_go(cluster)
    made = Rotating(cluster, {})
    old = made.key
    made.before = made.shown()
    made.earlier = made.recorded()
    yield made
    made.at_full_speed()
    if "alone" in cluster.workers:
        cluster.end_worker("alone")
    made.next.unlink(missing_ok=True)
    if old != made.key:
        made.kept.write_text(f"{old}\n")
        cluster.estate.deploy(TUNNEL)


def test_a_key_that_is_made_here_is_found_beside_the_old_one(rotating: Rotating) -> None:
    """Where workers share the folder of the key they read the next one there; neither key passes the scheduler, nor is logged."""
    old = rotating.key
    done = rotating.rotate("--yes")
    assert (done.code, done.tunnel["result"]) == (0, "verified"), done.out + done.err
    new = rotating.key
    assert new != old
    assert rotating.on_devices() == {new}
    assert not rotating.next.exists()
    passed = rotating.passed()
    assert b"crypto isakmp key <secret:credential:hq-branch-psk>" in passed
    for key in (old, new, KEY):
        assert key.encode() not in passed
    for path in rotating.cluster.estate.runs.rglob("*"):
        assert not path.is_file() or not {key for key in (old, new) if key.encode() in path.read_bytes()}, path


@every
def test_workers_with_folders_of_their_own_are_told_the_reference(rotating: Rotating, tmp_path: Path) -> None:
    """A next key that the workers cannot read is refused before a device is asked, and says what to do; with --to it is done.

    A plan needs no new key there.
    """
    folder, old, new = tmp_path / "credentials", rotating.key, "The.next.key.of.all.machines-1"
    shutil.copytree(rotating.cluster.estate.lab.credentials, folder)
    rotating.only({"NR_RUN_CREDENTIALS": str(folder), "XDG_CONFIG_HOME": str(tmp_path), "THE_NEXT_KEY": new})
    lab = rotating.cluster.estate.lab
    lab.reset_counters()
    done = rotating.rotate("--yes")
    assert done.code == Exit.UNREACHABLE, done.out + done.err
    assert f"the next value of credential:{PSK} is not there" in done.report["error"]
    assert "name it with --to" in done.report["error"]
    assert [lab.counters(name).logins for name in DEVICES] == [0, 0]
    assert not rotating.next.exists()
    assert rotating.rotate("--plan").code == Exit.PENDING
    assert rotating.rotate("--yes", "--to", "env:THE_NEXT_KEY", THE_NEXT_KEY=f"{new}2").code == Exit.UNREACHABLE
    assert rotating.on_devices() == {old}
    done = rotating.rotate("--yes", "--to", "env:THE_NEXT_KEY", THE_NEXT_KEY=new)
    assert (done.code, done.tunnel["result"]) == (0, "verified"), done.out + done.err
    assert rotating.on_devices() == {new}
    assert rotating.key == old
    assert new.encode() not in rotating.passed()
    done = rotating.past("rollback", "--yes")
    assert done.code == 0, done.out + done.err
    assert rotating.on_devices() == {old}
    assert old.encode() not in rotating.passed(), "a former key that is kept by reference is found there as well"


@every
def test_a_worker_that_is_killed_in_a_rotation(rotating: Rotating) -> None:
    """Over the other worker both ends get the old key back, which is the only one that is kept then."""
    old = rotating.key
    process = rotating.begin(command="rotate-psk")
    rotating.wait_for("building")
    rotating.cluster.end_worker(worker_of(rotating.cluster, BRANCH))
    rotating.at_full_speed()
    out, err = process.communicate(timeout=180)
    assert process.returncode == Exit.ROLLED_BACK, out + err
    assert "is lost (" in out
    assert rotating.shown() == rotating.before
    assert rotating.on_devices() == {old} == {rotating.key}
    assert not rotating.next.exists()


@every
def test_a_rotation_that_is_killed_is_resumed_over_its_cluster(rotating: Rotating) -> None:
    """Its own process killed: both keys stay, resume gives the old one back, and the next rotation takes the new one."""
    old = rotating.key
    process = rotating.begin(command="rotate-psk")
    rotating.wait_for("building")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    rotating.at_full_speed()
    made = rotating.next.read_text().strip()
    assert rotating.key == old
    done = rotating.resume()
    assert done.code == Exit.ROLLED_BACK, done.out + done.err
    assert rotating.shown() == rotating.before
    assert rotating.next.read_text().strip() == made
    done = rotating.rotate("--yes")
    assert done.code == 0, done.out + done.err
    assert rotating.on_devices() == {made} == {rotating.key}
    assert made.encode() not in rotating.passed()
