"""Nothing is taken from a run folder that the run did not write: journal, record, report and keys, changed in every way."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.commands.views.progress import PlainProgress
from nr_run.runbooks.engine.close_run import close_run
from nr_run.runbooks.engine.context import Timeouts
from nr_run.runbooks.run.authentic import RunSeal, Tampered, check_journal, journal_of
from nr_run.runbooks.run.folder import RunFolder, canonical
from nr_run.runbooks.run.journal_states import is_unfinished
from nr_run.runbooks.run.open_runs import mark
from nr_run.runbooks.run.run_key import key_file
from nr_run.runbooks.run.run_secrets import decrypt_secrets, encrypt_secrets
from nr_run.runbooks.run.summary import Summary, recap_of, summaries


def a_run(runs: Path, lines: int = 5) -> RunFolder:
    """A run with so many lines in its journal, closed."""
    folder = RunFolder.make(runs, "deploy-l2l", Secrets(folders=()))
    for number in range(lines - 1):
        folder.note("applied", tunnel="hq-branch", number=number)
    folder.close()
    return folder


def changed(lines: list[str], how: str, first: int, second: int) -> list[str]:
    """The journal after somebody was at it."""
    made = list(lines)
    if how == "drop":
        del made[first]
    elif how == "swap":
        made[first], made[second] = made[second], made[first]
    elif how == "repeat":
        made.insert(second, made[first])
    elif how == "edit":
        made[first] = made[first].replace('"state": "', '"state": "x')
    elif how == "bare":
        made.insert(first, '{"time": "2026-11-29T00:00:00", "state": "done", "tunnel": "hq-branch"}')
    elif how == "end":
        made.append('{"time": "2026-11-29T00:00:00", "state": "done", "tunnel": "hq-branch"}')
    elif how == "cut":
        made = made[: first or 1]
    elif how == "strip":
        made = [line.rpartition(', "mac"')[0] + "}" for line in made]
    return made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["drop", "swap", "repeat", "edit", "bare", "end", "cut", "strip"]), st.integers(0, 5), st.integers(0, 5))
def test_a_changed_journal_is_refused(tmp_path_factory: pytest.TempPathFactory, how: str, first: int, second: int) -> None:
    """Lines that were changed, moved, put in, left out or cut off, or stripped of their codes, are told from what was written."""
    folder = a_run(tmp_path_factory.mktemp("runs"), 6)
    path = folder.path / "journal.jsonl"
    lines = path.read_text().splitlines()
    made = changed(lines, how, first, second)
    path.write_text("".join(f"{line}\n" for line in made))
    if made == lines:
        assert len(check_journal(folder.path, strict=True)) == 6
        return
    for strict in (True, False):
        with pytest.raises(Tampered, match=r"journal\.jsonl"):
            check_journal(folder.path, strict=strict)


def test_a_journal_that_is_gone_is_missed(tmp_path: Path) -> None:
    """A run whose journal was taken away is not one that did nothing; a whole folder that was taken away is a run less."""
    folder = a_run(tmp_path)
    (folder.path / "journal.jsonl").unlink()
    with pytest.raises(Tampered, match="is not there any more"):
        journal_of(folder.path)
    folder.path.rmdir()
    assert journal_of(folder.path) == []


@pytest.mark.parametrize("keep", [1, 20, 90])
def test_a_torn_last_line_is_a_crash(tmp_path: Path, keep: int) -> None:
    """A last line that is not whole is left out; whoever goes on begins a line of its own, and the journal is whole again."""
    folder = a_run(tmp_path)
    path = folder.path / "journal.jsonl"
    with path.open("ab") as file:
        file.write(path.read_bytes().splitlines()[-1][:keep])
    assert len(check_journal(folder.path, strict=True)) == 5
    again = RunFolder(folder.path, "resume", Secrets(folders=()))
    again.note("resuming")
    again.close()
    assert [line["state"] for line in check_journal(folder.path, strict=True)][-1] == "resuming"


def test_two_processes_go_on_with_one_journal(tmp_path: Path) -> None:
    """A run that slept while a resume went on with its journal writes after the other's lines, and all are verified."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    other = RunFolder(folder.path, "resume", Secrets(folders=()))
    other.note("resuming")
    folder.note("applied")
    other.note("done")
    folder.close()
    other.close()
    states = [line["state"] for line in check_journal(folder.path, strict=True)]
    assert states == ["begun", "resuming", "applied", "done"]


def test_a_line_that_lacks_its_line_break_alone_counts(tmp_path: Path) -> None:
    """Where a full disk takes all of a line but its end, what is written afterwards goes on from it, and the journal is whole."""
    folder = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(folders=()))
    folder.note("applied", tunnel="hq-branch")
    path = folder.path / "journal.jsonl"
    size = path.stat().st_size + len(path.read_bytes().splitlines()[-1])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with folder.forgiving():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            folder.note("applied", tunnel="hq-branch")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert folder.complaints
    assert path.stat().st_size == size
    folder.note("rolled-back", tunnel="hq-branch")
    folder.close()
    assert [line["state"] for line in check_journal(folder.path, strict=True)] == ["begun", "applied", "applied", "rolled-back"]


@pytest.mark.parametrize("key", [{}, {"key": "0123456789ab"}], ids=["an older nr-run", "another key"])
def test_a_run_that_this_key_does_not_vouch_for_is_closed(tmp_path: Path, key: dict[str, str]) -> None:
    """A run of an older nr-run, or whose key is lost, is closed by a person's word, and is no run that somebody has changed."""
    RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(folders=())).close()  # there is a key
    run = tmp_path / "runs" / "20260101T000000Z-abcd"
    run.mkdir()
    lines = [{"state": "begun", "runbook": "deploy-l2l", **key}, *({"state": s, "tunnel": "t"} for s in ("recorded", "arming"))]
    (run / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert is_unfinished(run)
    close_run(run, tmp_path / "runs", PlainProgress(), Timeouts())
    assert not is_unfinished(run)
    assert summaries(tmp_path / "runs")[0][0].outcome == "interrupted"


def test_the_journal_of_another_key_or_none_is_read_and_not_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another key vouches for, or an older nr-run wrote, is listed; to go on from it is refused with what to do instead."""
    folder = a_run(tmp_path / "runs")
    monkeypatch.setenv("NR_RUN_KEY_FILE", str(tmp_path / "other" / "run-key"))
    assert len(journal_of(folder.path)) == 5
    with pytest.raises(SecretError, match="is not there, so it cannot be checked here"):
        check_journal(folder.path, strict=True)
    a_run(tmp_path / "elsewhere")
    with pytest.raises(SecretError, match="another key"):
        check_journal(folder.path, strict=True)
    old = tmp_path / "runs" / "20260101T000000Z-0001"
    old.mkdir()
    (old / "journal.jsonl").write_text('{"time": "x", "state": "begun", "runbook": "deploy-l2l", "rehearsal": false}\n')
    assert Summary.of(old).runbook == "deploy-l2l"
    with pytest.raises(SecretError, match="older nr-run"):
        check_journal(old, strict=True)


def test_a_report_that_was_changed_is_not_shown(tmp_path: Path) -> None:
    """Neither recap nor outcome is taken from files that were written by somebody else; the list of runs says so."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    folder.write_report({"outcome": "rolled-back", "exit_code": 20}, "RUN rolled back\n")
    folder.close()
    assert recap_of(folder.path) == "RUN rolled back\n"
    assert Summary.of(folder.path).exit_code == 20
    (folder.path / "recap.txt").write_text("RUN verified\n")
    with pytest.raises(Tampered, match=r"recap\.txt was changed"):
        recap_of(folder.path)
    report = folder.path / "run.json"
    report.write_text(report.read_text().replace("20", "0"))
    with pytest.raises(Tampered, match=r"run\.json was changed"):
        Summary.of(folder.path)
    assert [item.outcome for item in summaries(tmp_path)[0]] == ["changed by somebody"]


def test_tunnels_side_by_side_seal_all_that_each_knows(tmp_path: Path) -> None:
    """When a tunnel has sealed, what it knew by then is in the file, whoever else seals at that moment."""
    folder, store = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(folders=())), Secrets(folders=())
    lost: list[str] = []

    def work(number: int) -> None:
        for turn in range(15):
            hidden = store.hide(f"crypto isakmp key Key.{number}.{turn}.word address 192.0.2.1")
            encrypt_secrets(folder, store)
            if f"Key.{number}.{turn}.word" not in decrypt_secrets(folder.path).reveal(hidden):
                lost.append(hidden)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(8)]:
            done.result()
    folder.close()
    assert lost == []


def test_ciphertext_is_written_to_the_letter(tmp_path: Path) -> None:
    """Ciphertext that happens to hold a word for a secret is not hidden in: it could never be opened again."""
    text = "gAAAAABm5IxfjiNXPI3bO6Cp84UO1bM49d67raUsjLfa_Pw==\n"
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    folder.write("shown.txt", text)
    assert (folder.path / "shown.txt").read_text() != text, "this text would not be hidden in, and shows nothing"
    folder.write_hidden("secrets.enc", text, durable=True)
    folder.close()
    assert (folder.path / "secrets.enc").read_text() == text


def test_keys_of_another_run_are_refused(tmp_path: Path) -> None:
    """The encrypted keys of one run are no keys of another, although one key file opens both."""
    made = [RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=())) for _ in range(2)]
    for folder in made:
        encrypt_secrets(folder, Secrets(folders=()))
        folder.close()
    decrypt_secrets(made[0].path)
    shutil.copy(made[0].path / "secrets.enc", made[1].path / "secrets.enc")
    with pytest.raises(SecretError, match="another run"):
        decrypt_secrets(made[1].path)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_runs_are_private_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    """The runs folder and all below are their owner's; one that was open is closed, but for a group that shares it on purpose."""
    before = os.umask(mask)
    try:
        a_run(tmp_path / "runs")
        (tmp_path / "open").mkdir(mode=0o777)
        (tmp_path / "open").chmod(0o777)
        a_run(tmp_path / "open")
        (tmp_path / "shared").mkdir()
        (tmp_path / "shared").chmod(0o2777)
        a_run(tmp_path / "shared")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("runs", "open", "shared")] == [0o700, 0o700, 0o2770]


def test_a_journal_line_is_on_the_disk_before_the_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is synced when note() returns, before the note of its number is written."""
    folder = RunFolder.make(tmp_path, "deploy-l2l", Secrets(folders=()))
    synced: list[tuple[str, int]] = []
    real = os.fsync

    def spy(descriptor: int) -> None:
        real(descriptor)
        synced.append((Path(f"/proc/self/fd/{descriptor}").readlink().name, os.fstat(descriptor).st_size))

    monkeypatch.setattr(os, "fsync", spy)
    folder.note("applying")
    assert synced == [("journal.jsonl", (folder.path / "journal.jsonl").stat().st_size)]
    folder.close()


def the_run(rehearsal: Any) -> Path:
    """A run that built the tunnel."""
    assert rehearsal.deploy("--yes", "--json").code == 0
    (folder,) = rehearsal.runs.glob("2*")
    return Path(folder)


def change_record(folder: Path, change: Callable[[dict[str, Any]], None], *, reseal_with: Path | None = None) -> None:
    """Change a run's record; ``reseal_with`` a key file as only its owner can."""
    path = folder / "hq-branch" / "record.json"
    data = json.loads(path.read_text())
    code = data.pop("mac")
    change(data)
    if reseal_with:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("NR_RUN_KEY_FILE", str(reseal_with))
            made = RunSeal.of(folder.name)
        assert made
        code = made.code("hq-branch/record.json", canonical(data))
    path.write_text(json.dumps({**data, "mac": code}))


def test_a_record_that_was_changed_starts_no_command_and_sends_nothing(rehearsal, unchanged, tmp_path: Path) -> None:
    """A reference to a command, an address or a line that somebody wrote into a record is refused before anything is done."""
    folder = the_run(rehearsal)
    after = rehearsal.configurations()
    original = (folder / "hq-branch" / "record.json").read_text()

    def command(data: dict[str, Any]) -> None:
        data["members"][0]["references"]["username_ref"] = f"command:touch {tmp_path}/PWNED; echo nr"

    def address(data: dict[str, Any]) -> None:
        data["members"][0]["address"] = "127.0.0.2"

    def lines(data: dict[str, Any]) -> None:
        data["members"][0]["changes"][0]["created"][0]["children"] = ["exit", "username evil privilege 15 password 0 evil12345"]

    for change in (command, address, lines):
        (folder / "hq-branch" / "record.json").write_text(original)
        change_record(folder, change)
        for words in (("rollback", "--plan"), ("rollback", "--yes")):
            done = rehearsal.nr_run(*words, "--json")
            assert done.code == 65, done.out + done.err
            assert "record.json was changed after the run wrote it" in done.report["error"]
    assert not (tmp_path / "PWNED").exists()
    assert rehearsal.configurations() == after
    (folder / "hq-branch" / "record.json").write_text(original)
    assert rehearsal.nr_run("rollback", "--yes", "--json").code == 0
    unchanged()


def test_a_line_that_no_family_knows_is_refused_though_the_record_is_vouched_for(rehearsal) -> None:
    """Whoever has the key cannot have a line typed either that is none of its kind, nor two lines in one."""
    folder = the_run(rehearsal)
    original = (folder / "hq-branch" / "record.json").read_text()
    key = rehearsal.folder / "config" / "nr-run" / "run-key"
    for evil in ("username evil privilege 15 password 0 evil12345", "permit ip any any\nusername evil"):
        (folder / "hq-branch" / "record.json").write_text(original)

        def put_in(data: dict[str, Any], evil: str = evil) -> None:
            lists = [item for item in data["members"][0]["changes"][0]["created"] if item["family"] == "access-list"]
            lists[0]["children"].append(evil)

        change_record(folder, put_in, reseal_with=key)
        done = rehearsal.nr_run("rollback", "--plan", "--json")
        assert done.code == 65, done.out + done.err
        assert "is no line of access-list" in done.report["error"]


def test_a_changed_journal_is_refused_by_each_command(rehearsal) -> None:
    """Resume, its --close, rollback and show refuse with 65; while it is open no other run is told that its devices are free."""
    folder = the_run(rehearsal)
    journal = folder / "journal.jsonl"
    journal.write_text("".join(line for line in journal.read_text().splitlines(keepends=True) if '"done"' not in line))
    for words in (("resume", folder.name), ("resume", folder.name, "--close"), ("rollback", "--yes"), ("show",)):
        done = rehearsal.nr_run(*words, "--json")
        assert done.code == 65, (words, done.out + done.err)
        assert "changed after the run wrote it" in done.report["error"]
    assert rehearsal.nr_run("runs", "--json").documents[0]["outcome"] == "changed by somebody"
    mark(folder)  # as a run that is under way has it
    mark(folder)
    assert rehearsal.deploy("--yes", "--json").code == 65


def test_the_key_lies_outside_the_runs_folder(tmp_path: Path) -> None:
    """The key file is readable by its owner only, and no file of a run holds it."""
    folder = a_run(tmp_path)
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert not [path for path in folder.path.rglob("*") if path.is_file() and key_file().read_bytes() in path.read_bytes()]


def test_an_object_that_no_family_opens_is_refused(rehearsal) -> None:
    """Nor can the line be another that opens an object, whoever vouches for it."""
    folder = the_run(rehearsal)

    def put_in(data: dict[str, Any]) -> None:
        lists = [item for item in data["members"][0]["changes"][0]["created"] if item["family"] == "access-list"]
        lists[0]["header"] = "username evil privilege 15 password 0 evil12345"

    change_record(folder, put_in, reseal_with=rehearsal.folder / "config" / "nr-run" / "run-key")
    done = rehearsal.nr_run("rollback", "--plan", "--json")
    assert done.code == 65, done.out + done.err
    assert "in the record does not open access-list" in done.report["error"]


def test_a_run_key_that_is_not_there(rehearsal) -> None:
    """Where the key is lost the message says that, and not that the key is another one; with the key back all is well."""
    the_run(rehearsal)
    key = rehearsal.folder / "config" / "nr-run" / "run-key"
    key.rename(key.with_name("elsewhere"))
    done = rehearsal.nr_run("rollback", "--plan", "--json")
    assert done.code == 65, done.out + done.err
    assert "run-key is not there, so it cannot be checked here" in done.report["error"]
    assert "another key" not in done.report["error"]
    key.with_name("elsewhere").rename(key)
    assert rehearsal.nr_run("rollback", "--plan", "--json").code == 2
