"""A new pre-shared key on both ends, verified by an authentication with it; or the old one everywhere, as before."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from nr_run.inventory.errors import Exit, NrRunError, SecretError
from nr_run.inventory.hiding.kept_secrets import LENGTH, KeptSecret, kept_at, new_key, replaceable
from nr_run.inventory.hiding.references import check_preshared_key
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.engine.key_rotation import Rotation, Rotations
from nr_run.runbooks.engine.outcome import Result, TunnelOutcome
from nr_run.services.service import Member
from nr_run.services.watched import WatchedDeployment

from ..conftest import DEVICES

NAME = "hq-branch-psk"


def key_file(rehearsal) -> Path:
    """Where the key of the tunnel is kept."""
    return rehearsal.lab.credentials / NAME


def keys_on_devices(rehearsal) -> set[str]:
    """The keys of the peers, as both devices show them."""
    shown = [rehearsal.lab.exec(name, "show running-config") for name in DEVICES]
    return {found for text in shown for found in re.findall(r"crypto isakmp key (\S+) address 172\.18\.124\.(?:159|199)\b", text)}


def rotate(rehearsal, *words: str):
    """Run rotate-psk."""
    return rehearsal.deploy_other("rotate-psk", "hq-branch", *words)


@pytest.mark.parametrize("words", [(), ("--processes", "2")], ids=["one process", "two processes"])
def test_both_ends_have_the_new_key_and_none_the_old(rehearsal, words: tuple[str, ...]) -> None:
    """The key is another one in the file and on both devices, the tunnel is verified, and no file of the run holds either key."""
    assert rehearsal.deploy("--yes").code == 0
    old = key_file(rehearsal).read_text().strip()
    done = rotate(rehearsal, "--yes", "--json", *words)
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err
    new = key_file(rehearsal).read_text().strip()
    assert new != old
    assert len(new) == LENGTH
    assert keys_on_devices(rehearsal) == {new}
    assert key_file(rehearsal).stat().st_mode & 0o777 == 0o600
    assert not KeptSecret("", key_file(rehearsal)).next.exists()
    for path in rehearsal.runs.rglob("*"):
        if path.is_file() and path.suffix != ".sqlite":
            assert new.encode() not in path.read_bytes(), path
            assert old.encode() not in path.read_bytes(), path
    again = rehearsal.deploy("--yes", "--json")
    assert (again.code, again.report["changed"]) == (0, False)


def test_a_plan_keeps_no_key(rehearsal) -> None:
    """--plan shows that the keys are changed, makes no file, and touches no device."""
    assert rehearsal.deploy("--yes").code == 0
    before, files = rehearsal.configurations(), sorted(rehearsal.lab.credentials.iterdir())
    done = rotate(rehearsal, "--plan")
    assert done.code == 2, done.out + done.err
    assert "isakmp-key" in done.out
    assert rehearsal.configurations() == before
    assert sorted(rehearsal.lab.credentials.iterdir()) == files


def test_what_fails_is_taken_back(rehearsal) -> None:
    """One device keeps another key than it is given: both ends roll back, and the file holds the old key alone."""
    assert rehearsal.deploy("--yes").code == 0
    before, old = rehearsal.configurations(), key_file(rehearsal).read_text()
    rehearsal.lab.fault("vpn3640", "wrong-psk")
    done = rotate(rehearsal, "--yes", "--json")
    rehearsal.lab.fault("vpn3640", "wrong-psk", on=False)
    assert done.code == 20, done.out + done.err
    assert rehearsal.configurations() == before
    assert key_file(rehearsal).read_text() == old
    assert not KeptSecret("", key_file(rehearsal)).next.exists()


def test_a_rotation_that_was_killed(rehearsal) -> None:
    """After kill -9 the new key is not lost: a deploy tells of it, and the next rotation goes on with that key."""
    assert rehearsal.deploy("--yes").code == 0
    old, runs = key_file(rehearsal).read_text(), {path.name for path in rehearsal.runs.glob("2*")}
    process = rehearsal.begin_rotation()
    rehearsal.wait_for("applied", besides=runs)
    process.kill()
    process.communicate()
    kept = KeptSecret("", key_file(rehearsal))
    pending = kept.pending()
    assert pending is not None
    assert key_file(rehearsal).read_text() == old
    assert rehearsal.nr_run("resume").code in (0, 20)
    look = rehearsal.deploy("--plan", "--json")
    assert any("a rotation did not end" in words for words in look.report["warnings"]), look.report
    done = rotate(rehearsal, "--yes", "--json")
    assert done.code == 0, done.out + done.err
    assert key_file(rehearsal).read_text().strip() == pending
    assert keys_on_devices(rehearsal) == {pending}
    assert kept.pending() is None


def test_a_rotation_that_was_killed_when_it_was_decided(rehearsal) -> None:
    """Resumed, the devices keep the new key, and it is told that the file has the old one until the rotation is ended."""
    assert rehearsal.deploy("--yes").code == 0
    runs = {path.name for path in rehearsal.runs.glob("2*")}
    process = rehearsal.begin_rotation()
    rehearsal.wait_for("commit-decided", besides=runs)
    process.kill()
    process.communicate()
    done = rehearsal.nr_run("resume", "--json")
    assert (done.code, done.tunnel["verified"]) == (0, True), done.out + done.err
    assert keys_on_devices(rehearsal) == {KeptSecret("", key_file(rehearsal)).pending()}
    (told,) = [words for words in done.report["warnings"] if "next key" in words]
    assert "nr-run rotate-psk hq-branch ends the rotation" in told
    assert told in done.err


def test_two_rotations_at_once(rehearsal) -> None:
    """While one is at work another of the same key is refused before it looks for a next value; killed, it holds nothing."""
    assert rehearsal.deploy("--yes").code == 0
    kept = replaceable(f"credential:{NAME}", (rehearsal.lab.credentials,))
    held = kept.hold()
    refused = rotate(rehearsal, "--yes")
    assert (refused.code != 0, "another rotation of this key is at work" in refused.err) == (True, True), refused.err
    assert kept.pending() is None
    os.close(held)
    assert rotate(rehearsal, "--yes").code == 0


def test_who_waited_for_a_file_that_was_replaced(tmp_path: Path) -> None:
    """The lock is that of the file which is there now; the one that was replaced locks nobody out."""
    (tmp_path / "one").write_text("first-value\n")
    kept = replaceable("credential:one", (tmp_path,))
    first = kept.hold()
    with pytest.raises(NrRunError, match="another rotation"):
        kept.hold()
    kept.keep_next("second-value")
    kept.promote()
    os.close(kept.hold())
    os.close(first)


@pytest.mark.parametrize("by", ["credential:{name}", "file:{path}"])
def test_another_tunnel_with_the_same_key(rehearsal, by: str) -> None:
    """A key that another tunnel has too, by whatever reference, is not replaced under it: that one's would be lost."""
    folder = rehearsal.inventory / "vpn"
    text = (folder / "hq-branch.yaml").read_text()
    before = key_file(rehearsal).read_text()
    second = text.replace("name: hq-branch", "name: second")
    second = re.sub(r"host: vpn3640(.*?) +interface: \S+\n", r"partner: Example Ltd\1", second, flags=re.DOTALL)
    for ours, theirs in (("172.18.124.199", "192.0.2.9"), ("10.10.20.", "10.30.1.")):
        second = second.replace(ours, theirs)
    second = second.replace(f"credential:{NAME}", by.format(name=NAME, path=key_file(rehearsal)))
    (folder / "second.yaml").write_text(second)
    refused = rotate(rehearsal, "--yes")
    assert refused.code != 0
    assert "is the key of second too" in refused.err, refused.err
    assert key_file(rehearsal).read_text() == before
    assert not KeptSecret("", key_file(rehearsal)).next.exists()


def test_who_could_read_the_old_key(tmp_path: Path) -> None:
    """The new key has the rights of the old one, and a link to where it is kept stays a link."""
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "one").write_text("first-value\n")
    (tmp_path / "store" / "one").chmod(0o640)
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "one").symlink_to(tmp_path / "store" / "one")
    kept = replaceable("credential:one", (tmp_path / "names",))
    kept.keep_next("second-value")
    assert kept.next.stat().st_mode & 0o777 == 0o600
    kept.promote()
    assert (tmp_path / "names" / "one").is_symlink()
    assert (tmp_path / "store" / "one").read_text() == "second-value\n"
    assert (tmp_path / "store" / "one").stat().st_mode & 0o777 == 0o640


def test_a_key_that_is_kept_elsewhere(rehearsal) -> None:
    """A reference that nr-run cannot write is refused with the way out, and with --to the tunnel gets the key that is named."""
    assert rehearsal.deploy("--yes").code == 0
    rehearsal.environment["OLD_KEY"] = key_file(rehearsal).read_text().strip()
    rehearsal.edit("vpn/hq-branch.yaml", f"credential:{NAME}", "env:OLD_KEY")
    refused = rotate(rehearsal, "--yes")
    assert (refused.code, "--to" in refused.err) == (65, True)
    rehearsal.environment["NEW_KEY"] = new_key()
    done = rotate(rehearsal, "--yes", "--json", "--to", "env:NEW_KEY")
    assert done.code == 0, done.out + done.err
    assert keys_on_devices(rehearsal) == {rehearsal.environment["NEW_KEY"]}
    assert any("write that into the intent" in words for words in done.report["warnings"])


def test_the_generated_key() -> None:
    """A key is one that every command line takes, begins with a letter, and is never the same twice."""
    made = {new_key() for _ in range(200)}
    assert len(made) == 200
    for key in made:
        check_preshared_key(key, "test")
        assert re.fullmatch(rf"[A-Za-z][A-Za-z0-9]{{{LENGTH - 1}}}", key)


def test_where_a_secret_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can be replaced, anything else cannot; and in a folder that may not be written none can."""
    (tmp_path / "one").write_text("first-value\n")
    kept = replaceable("credential:one", (tmp_path,))
    assert kept == kept_at(f"file:{tmp_path}/one", ()) or kept.path == tmp_path / "one"
    assert (kept.pending(), kept.next.name) == (None, "one.next")
    kept.keep_next("second-value")
    assert kept.pending() == "second-value"
    assert kept.next.stat().st_mode & 0o777 == 0o600
    kept.promote()
    assert ((tmp_path / "one").read_text(), kept.pending()) == ("second-value\n", None)
    for reference in ("env:HOME", "command:echo x", "credential:two", "credential:../one"):
        with pytest.raises(SecretError, match="--to"):
            replaceable(reference, (tmp_path,))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SecretError, match="cannot be written"):
        replaceable("credential:one", (tmp_path,))


def test_the_old_key_is_another_one(tmp_path: Path) -> None:
    """Once another value is given, the old one is hidden too, under another token than the reference's."""
    (tmp_path / "one").write_text("first-value\n")
    store = Secrets(folders=(tmp_path,))
    store.give("credential:one", "second-value")
    assert store.preshared_key("credential:one") == "<secret:credential:one>"
    assert store.hide("it is second-value") == "it is <secret:credential:one>"
    hidden = store.hide("it was first-value")
    assert "first-value" not in hidden
    assert "<secret:" not in hidden
    assert json.dumps(store.reveal("<secret:credential:one>")) == '"second-value"'


@pytest.mark.parametrize("journal", [None, "", '{"state": "recorded", "tunnel": "another"}\n'], ids=["gone", "empty", "another"])
def test_a_run_whose_journal_cannot_be_read_keeps_both_keys(tmp_path: Path, journal: str | None) -> None:
    """A key that a device may have is forgotten only where a journal says that none has it."""
    (tmp_path / "one").write_text("first-value\n")
    run = tmp_path / "runs" / "20261130T000000Z-abcd"
    run.mkdir(parents=True)
    if journal is not None:
        (run / "journal.jsonl").write_text(journal)
    kept = replaceable("credential:one", (tmp_path,))
    kept.keep_next("second-value")
    some = WatchedDeployment("hq-branch", "any", None, (Member("hq", "end", None),), (), ("hq",), (), found=False)
    rotation = Rotation(some, "credential:one", "", keeps=True, kept=kept)
    rotations = Rotations("", keeps=True, each={"hq-branch": rotation})
    rotations.stopped(run, run.parent)
    rotations.release()
    begun = bool(journal)
    assert kept.pending() == (None if begun else "second-value")
    assert any("a device may have either" in words for words in rotations.told) is not begun


@pytest.mark.parametrize(("result", "says"), [(Result.ROLLED_BACK, True), (Result.REFUSED, False)])
def test_a_next_key_that_stays_is_called_not_taken_where_that_is_known(tmp_path: Path, result: Result, says: bool) -> None:
    """Devices were rolled back from it; where the second rotation was refused, they may have it since the first one."""
    (tmp_path / "one").write_text("first-value\n")
    kept = replaceable("credential:one", (tmp_path,))
    kept.keep_next("second-value")
    some = WatchedDeployment("hq-branch", "any", None, (Member("hq", "end", None),), (), ("hq",), (), found=False)
    rotation = Rotation(some, "credential:one", "", keeps=True, kept=kept, _was_there=True)
    rotation.end(TunnelOutcome("hq-branch", result, Exit.ERROR, False, ""), tmp_path)
    assert kept.pending() == "second-value"
    assert [("not taken" in words, "the next rotation uses it again" in words) for words in rotation.told] == [(says, True)]
