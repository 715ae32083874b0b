"""Refusals of runbooks, each in a case in which nothing else refuses: what is wrong, and what to do, is in the sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import ChangeError, Locked, NothingMatched, NrRunError, SecretError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.inventory.intents.intent import Intent
from nr_run.inventory.models.platforms import platform_for
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.close_run import close_run
from nr_run.runbooks.engine.context import Timeouts
from nr_run.runbooks.engine.run_setup import LOOKED_THROUGH, hosts_of_missing
from nr_run.runbooks.engine.stored_run import reopen
from nr_run.runbooks.locking.lock_holder import Holder
from nr_run.runbooks.locking.locks import DeviceLocks
from nr_run.runbooks.locking.machine_locks import lock_folders, machine_locked, refuse_held_here
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.journal_states import is_unfinished
from nr_run.runbooks.run.kept_runs import find_run
from nr_run.runbooks.run.open_runs import FOLDER, open_runs
from nr_run.runbooks.run.record_formats import FORMAT, READABLE
from nr_run.runbooks.run.saved_plan import read_record
from nr_run.services.l2l.existing.by_name import tunnel_of
from nr_run.services.l2l.service import L2L, IntendedTunnels

ROUTER = platform_for("2611", "12.2(8)T")
HUB = """\
version 12.2
hostname hub
interface Ethernet0/0
 ip address {hub} 255.255.255.0
 crypto map M
interface Ethernet0/1
 ip address 10.1.0.1 255.255.255.0
crypto map M 10 ipsec-isakmp
 set peer {peer}
 set transform-set NR-t
 match address NR-t
ip access-list extended NR-t
 permit ip 10.1.0.0 0.0.0.255 10.2.0.0 0.0.0.255
line vty 0 4
end
"""
HERE = HUB.format(hub="192.0.2.1", peer="192.0.2.2")
THERE = HUB.format(hub="192.0.2.2", peer="192.0.2.1").replace("hub", "spoke").replace("10.1.0", "10.9.0")
PEER = "version 12.2\nhostname peer\ninterface Ethernet0/0\n ip address 192.0.2.2 255.255.255.0\nline vty 0 4\nend\n"
EMPTY = "version 12.2\nhostname empty\nline vty 0 4\nend\n"


@pytest.fixture(autouse=True)
def _of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and locks of the tests alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NR_RUN_LOCKS", str(tmp_path / "locks"))


def found(**texts: str) -> None:
    """Look for the tunnel t on these devices."""
    tunnel_of("t", texts, dict.fromkeys(texts, ROUTER))


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"a": HERE, "b": HERE, "c": HERE}, "a and b and c have t: name two devices with --host"),
        (
            {"a": HERE.replace(" match address NR-t\n", " match address NR-t\n set peer 192.0.2.7\n"), "b": THERE},
            "cannot be parsed",
        ),
        ({"a": HERE, "b": EMPTY}, "only a has t, and no device that was read has the address of its peer 192.0.2.2"),
        ({"a": HERE.replace(" crypto map M\n", ""), "b": PEER}, "a: the tunnel leaves it by no interface with an address"),
        ({"a": HERE, "b": THERE.replace("set peer 192.0.2.1", "set peer 192.0.2.9")}, "they are not the two ends of one tunnel"),
    ],
    ids=["three devices", "two peers", "no other end", "not bound", "strangers"],
)
def test_ends_that_cannot_be_told_by_name(texts: dict[str, str], sentence: str) -> None:
    """A tunnel that only devices know is removed where its two ends are certain, and nowhere else."""
    with pytest.raises(ChangeError, match=sentence):
        found(**texts)


def test_two_ends_by_name() -> None:
    """The same devices without what is wrong with them are two ends."""
    found(a=HERE, b=THERE.replace("10.9.0", "10.2.0").replace("10.2.0.0 0.0.0.255 10.2.0.0", "10.2.0.0 0.0.0.255 10.1.0.0"))


def test_too_many_devices_to_look_through() -> None:
    """Where nobody names the devices of a tunnel that has left the intent, a large inventory is not read through."""
    platforms = {f"r{number}": ROUTER for number in range(LOOKED_THROUGH + 1)}
    with pytest.raises(NothingMatched, match="name its devices: --host A --host B"):
        hosts_of_missing(["gone"], [], L2L, IntendedTunnels(Intent.of(), platforms), platforms)
    platforms.popitem()
    assert len(hosts_of_missing(["gone"], [], L2L, IntendedTunnels(Intent.of(), platforms), platforms)) == LOOKED_THROUGH


@pytest.mark.parametrize("option", ["--check", "--diff", "--dry-run"])
def test_what_other_tools_call_it(option: str) -> None:
    """Whoever types another tool's word for a look is told ours."""
    done = CliRunner().invoke(cli, ["deploy-l2l", option], standalone_mode=False)
    assert f"there is no {option}: --plan previews the change" in str(done.exception)


def test_no_such_run(tmp_path: Path) -> None:
    """Among runs of which none is wanted there is none to be found."""
    with pytest.raises(NothingMatched, match="holds no such run"):
        find_run(tmp_path, None)


def folder_of(tmp_path: Path, *states: str) -> Path:
    """A run folder with these states of the tunnel t in its journal."""
    folder = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(()))
    for state in states:
        folder.note(state, tunnel="t", host="hub")
    folder.close()
    return folder.path


def test_a_run_that_has_nothing_to_close(tmp_path: Path) -> None:
    """A run that finished is not closed once more."""
    folder = folder_of(tmp_path, "recorded", "done")
    with pytest.raises(NothingMatched, match="has finished, or sent nothing; there is nothing to close"):
        close_run(folder, tmp_path / "runs", PlainProgress(), Timeouts())


@pytest.mark.parametrize(
    ("states", "error", "sentence"),
    [
        ((), NothingMatched, "sent nothing to any device"),
        (("recorded",), NrRunError, r"has lost its record\.json; paste its rollback"),
    ],
)
def test_a_run_that_cannot_be_reopened(tmp_path: Path, states: tuple[str, ...], error: type[NrRunError], sentence: str) -> None:
    """Without a record nothing is undone: because there is nothing, or because it is lost."""
    folder = folder_of(tmp_path, *states)
    with pytest.raises(error, match=sentence), reopen(folder, "rollback", PlainProgress(), Timeouts(), new_run_in=None):
        pass


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("no json", NrRunError, r"record\.json, line 1: Expecting value; the record is damaged"),
        (
            json.dumps({"format": min(READABLE) - 1}),
            SecretError,
            f"has format {min(READABLE) - 1}, and this nr-run resumes format {min(READABLE)} or",
        ),
    ],
)
def test_a_record_that_is_none(tmp_path: Path, text: str, error: type[NrRunError], sentence: str) -> None:
    """What is no record of a format that can be read is not gone on from."""
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(error, match=sentence):
        read_record(path)


def test_a_record_without_a_key(tmp_path: Path) -> None:
    """Where the run key is gone, nobody can say who wrote a record."""
    path = tmp_path / "run" / "t" / "record.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"format": FORMAT}))
    with pytest.raises(SecretError, match="is not there, and without it nobody knows who wrote"):
        read_record(path)


def test_run_folders_that_cannot_be_made_or_opened(tmp_path: Path) -> None:
    """A file in the place of the runs folder, and a folder in the place of a journal, are told with their paths."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NrRunError, match=r"the run folder .*file.* cannot be made"):
        RunFolder.make(tmp_path / "file", "deploy-l2l", Secrets(()))
    (tmp_path / "run" / "journal.jsonl").mkdir(parents=True)
    with pytest.raises(NrRunError, match="the journal cannot be opened: Is a directory"):
        RunFolder(tmp_path / "run", "resume", Secrets(()))


def test_markers_that_cannot_be_kept(tmp_path: Path) -> None:
    """Where a file stands in the place of the markers, unfinished runs cannot be told, and that is an error."""
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(NrRunError, match="which runs are unfinished cannot be kept there"):
        open_runs(tmp_path, is_unfinished)


def with_a_folder(path: Path) -> None:
    """A folder where a lock should be."""
    path.mkdir(parents=True)


def with_a_link(path: Path) -> None:
    """A link where a lock should be, which somebody else may have laid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/null")


@pytest.mark.parametrize("spoil", [with_a_folder, with_a_link])
def test_locks_of_the_machine_that_are_none(spoil: Callable[[Path], None]) -> None:
    """A folder or a link in the place of a lock is not followed: the device counts as held."""
    (folder,) = lock_folders()
    spoil(folder / "192.0.2.1:22.lock")
    with pytest.raises(Locked, match="cannot be locked"), machine_locked(Holder.me("run", 60), {"hub": "192.0.2.1:22"}):
        pass


def test_a_lock_of_the_machine_that_cannot_be_looked_at() -> None:
    """Who only looks follows no link either."""
    (folder,) = lock_folders()
    with_a_link(folder / "192.0.2.1:22.lock")
    with pytest.raises(Locked, match="cannot be read"):
        refuse_held_here({"hub": "192.0.2.1:22"})


def test_a_record_of_locks_that_cannot_be_written(tmp_path: Path) -> None:
    """Where a file stands in the place of the locks, a run that names no device yet is told so."""
    (tmp_path / ".locks").write_text("")
    with (
        pytest.raises(NrRunError, match="the record of a lock cannot be written"),
        DeviceLocks(tmp_path, "run", [], keep_seconds=60),
    ):
        pass


@pytest.mark.parametrize("name", ["hub.lock", "hub.holders"])
def test_a_lock_of_a_device_that_cannot_be_taken(tmp_path: Path, name: str) -> None:
    """A folder in the place of a lock, and a file in the place of who holds it, are told with their paths."""
    (tmp_path / ".locks").mkdir()
    if name.endswith(".lock"):
        (tmp_path / ".locks" / name).mkdir()
    else:
        (tmp_path / ".locks" / name).write_text("")
    locks = DeviceLocks(tmp_path, "run", ["hub"], keep_seconds=60)
    with pytest.raises(Locked, match="cannot be locked"), locks:
        pass


def test_what_was_to_be_saved_and_was_not(rehearsal) -> None:
    """A device that says [OK] and keeps something else than it runs is told, though its tunnel is verified."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.lab.exec("vpn3640", "configure terminal\nip host spare 192.0.2.9")
    rehearsal.lab.fault("vpn3640", "save-drops", "ip host spare")
    done = rehearsal.deploy("--yes", "--accept-unsaved")
    assert done.code not in (0, 20), done.out + done.err
    assert "vpn3640: the startup configuration is not the running one after saving" in done.out + done.err


def test_a_run_that_left_nothing_is_not_undone(rehearsal) -> None:
    """A run that was rolled back by itself has nothing left for a rollback."""
    rehearsal.lab.fault("vpn3640", "wrong-psk")
    assert rehearsal.deploy("--yes").code == 20
    (run,) = (path.name for path in rehearsal.runs.glob("2*"))
    done = rehearsal.nr_run("rollback", run, "--plan", "--json")
    assert done.code == 66, done.out + done.err
    assert "left nothing changed, so there is nothing to undo" in done.out + done.err
