"""docs/how-to/recover.md, followed without nr-run after a kill -9: its own lines, read from the page and typed in a session."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from netmiko import BaseConnection, ConnectHandler

from nr_run.tasks.rollback_timers import ROLLBACK_TIMERS

from .. import warm
from ..faults.bench import BRANCH, ENDS, HQ, PAIRS, Bench, bench_of, lines_of
from .documents import ROOT

PAGE = ROOT / "docs" / "how-to" / "recover.md"
EVERY = os.environ.get("NR_RUN_FAULTS") == "all"
ALL = tuple((pair, way) for pair in PAIRS for way in ("undo", "keep"))
#: Each method once at least: event manager, revert timer, kron, and the reloads of ASA and IOS.
SAMPLE = (("applet-revert", "undo"), ("revert-kron", "keep"), ("asareload-kron", "undo"), ("reload-reload", "keep"))
#: How long a timer takes, and how fast the lab's clock goes: ten minutes in all, so that a person at a slow machine is in time.
MINUTES, SPEED = 100, 10
#: Looks without a new character, of a hundredth of a second each.
SILENCE = 15
#: A prompt, or a question that waits for an answer.
_WAITS = re.compile(r"(?:[>#]|\]|\?|word:|confirm\))[ \t]*$")
#: What nobody has typed on the page, and a device asks: a return takes what it offers.
_QUESTION = re.compile(r"(?:\]|\?|confirm\))[ \t]*$")
#: How the head of `rollback.cfg` and its lines name a key.
_KEY = re.compile(r"<secret:credential:(?P<name>[\w-]+)>")


@dataclass(frozen=True)
class Recipe:
    """What the page says for one rollback method: lines to see, undo and cancel; no line to undo is `paste`."""

    see: tuple[str, ...]
    undo: tuple[str, ...]
    cancel: tuple[str, ...]


def _lines(section: str, word: str) -> tuple[str, ...]:
    """The lines of the block below a word in bold, up to the next one."""
    (body,) = re.findall(rf"^\*\*{word}\*\*(.*?)(?=^\*\*|\Z)", section, re.MULTILINE | re.DOTALL)
    return tuple(line for block in re.findall(r"```text\n(.*?)```", body, re.DOTALL) for line in block.splitlines())


def recipes() -> dict[str, Recipe]:
    """Rollback method to what the page says of it."""
    parts = re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0]: Recipe(*(_lines(part, word) for word in ("See", "Undo", "Cancel"))) for part in parts}


@dataclass
class Console:
    """A person's session on a device, at the privileged prompt."""

    session: BaseConnection

    def types(self, line: str) -> str:
        """Type a line, and a return at a question; what the device printed until it waited for the next one."""
        said = self._until_it_waits(line)
        return f"{said}\n{self._until_it_waits('')}" if _QUESTION.search(said) else said

    def _until_it_waits(self, line: str) -> str:
        self.session.write_channel(f"{line}{self.session.RETURN}")
        said, silent, deadline = "", 0, time.monotonic() + 60 * warm.PATIENCE
        # An ASA writes a long line again while it is typed, behind its prompt: only behind silence is a prompt the next one.
        while silent < SILENCE or not _WAITS.search(said):
            assert time.monotonic() < deadline, f"the device does not answer {line!r}: {said!r}"
            time.sleep(0.01)
            more = self.session.read_channel()
            said, silent = said + more, 0 if more else silent + 1
        return said


@contextmanager
def console(bench: Bench, device: str) -> Iterator[Console]:
    """Log in as the user that the run had, with a client that changes nothing by itself: one for an ASA sets a width."""
    place, folder = bench.lab.devices[device], bench.lab.credentials
    with ConnectHandler(
        device_type="generic" if place.transport == "ssh" else "cisco_ios_telnet",
        host=place.host,
        port=place.port,
        username=(folder / "device-username").read_text().strip(),
        password=(folder / "device-password").read_text().strip(),
    ) as session:
        person = Console(session)
        person.types("enable")
        person.types((folder / "enable-secret").read_text().strip())
        person.types("terminal pager 0" if bench.is_asa(device) else "terminal length 0")
        yield person


@dataclass
class Killed:
    """What a killed run has left, as a person finds it: a folder, and devices."""

    bench: Bench
    run: Path

    def page_of(self, device: str) -> str:
        """The page of a device."""
        return (self.run / "hq-branch" / device / "cancel-timer.txt").read_text()

    def recipe(self, device: str) -> Recipe:
        """That of the method which the page of the device names, with the id of this run."""
        (method,) = [
            name for name, timer in ROLLBACK_TIMERS.items() if f"the device {timer.sentence(MINUTES)}" in self.page_of(device)
        ]
        with_id = {"see": (), "undo": (), "cancel": ()} | {
            word: tuple(re.sub(r"\bID\b", self.run.name, line) for line in getattr(recipes()[method], word))
            for word in ("see", "undo", "cancel")
        }
        return Recipe(**with_id)

    def pasted(self, device: str) -> list[str]:
        """The lines of `rollback.cfg` with the key in the place of each reference."""
        text = (self.run / "hq-branch" / device / "rollback.cfg").read_text()
        full = _KEY.sub(lambda found: (self.bench.lab.credentials / found["name"]).read_text().strip(), text)
        return [line for line in full.splitlines() if not line.startswith("!")]

    def otherwise(self, device: str) -> set[str]:
        """What the page has a person compare: all but the lines of the timer, which has the name of the run."""
        command = "more system:running-config" if self.bench.is_asa(device) else "show running-config"
        text = self.bench.lab.exec(device, command)
        now = lines_of(re.sub(rf"(?m)^\S.*{self.run.name}.*\n(?: .*\n)*", "", text))
        return {*now} ^ {*self.bench.before[device][0]}

    def follow(self, device: str, way: str) -> None:
        """Steps 3 to 6 of the page on one device."""
        recipe = self.recipe(device)
        with console(self.bench, device) as person:
            seen = "".join(person.types(line) for line in recipe.see)
            assert re.search(rf"{self.run.name}|Timer value", seen), f"{device} shows no timer of this run: {seen}"
            if way == "undo":
                said = [person.types(line) for line in recipe.undo or self.pasted(device)]
                assert not self.otherwise(device), said
            for line in recipe.cancel:
                person.types(line)
            if way == "keep":
                person.types("write memory")
            left = "".join(person.types(line) for line in recipe.see)
            assert f"R-{self.run.name}" not in left, left
            assert f"r-{self.run.name}" not in left, left


def files_of(run: Path) -> set[str]:
    """The files of a run as docs/reference/run-folder.md names them: a folder of show outputs counts as one."""
    names = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()}
    named = {re.sub(rf"^hq-branch/(?:{HQ}|{BRANCH})/", "TUNNEL/DEVICE/", name) for name in names}
    return {re.sub("^hq-branch/", "TUNNEL/", re.sub(r"(?<=DEVICE/)([\w-]+/).*", r"\1", name)) for name in named}


def files_of_the_page() -> set[str]:
    """All that docs/reference/run-folder.md has a row for; what follows a comma is in the folder of the first."""
    text = (ROOT / "docs" / "reference" / "run-folder.md").read_text().partition("## The journal")[0]
    rows = [re.findall(r"`([^`]+)`", line.split(" | ")[0]) for line in text.splitlines() if line.startswith("| `")]
    return {
        f"{names[0].rpartition('DEVICE/')[0]}DEVICE/{name}" if number else name
        for names in rows
        for number, name in enumerate(names)
    }


@pytest.mark.parametrize(("pair", "way"), ALL if EVERY else SAMPLE)
def test_the_page_is_followed_after_a_kill(tmp_path: Path, pair: str, way: str) -> None:
    """By the lines of the page alone both devices are as before, or keep the change and have saved it, and no timer is left."""
    with bench_of(pair, tmp_path, SPEED) as bench:
        bench.kill_at("applied" if way == "undo" else "judged", None, "--yes", "--revert-in", str(MINUTES))
        (run,) = (tmp_path / "runs").glob("2*")
        for device in ENDS:
            Killed(bench, run).follow(device, way)
        assert {device: bench.pending(device) for device in ENDS} == {HQ: [], BRANCH: []}
        if way == "undo":
            assert bench.configurations() == bench.before
        else:
            for device in ENDS:
                assert "hq-branch" in "\n".join(bench.running(device))
                assert bench.shown(device) == bench.startup(device)
            assert bench.carries()
        closing = bench.begin(run.name, "--close", command="resume")
        assert closing.communicate(timeout=90)
        assert closing.returncode == 0
        code, report = bench.run("--yes")
        assert (code, report["changed"]) == (0, way == "undo"), report
        assert {name for path in (tmp_path / "runs").glob("2*") for name in files_of(path)} <= files_of_the_page()


def test_each_method_has_its_lines() -> None:
    """The page has a section for each rollback method, with lines to see and to cancel, and none of them names a run."""
    found = recipes()
    assert list(found) == list(ROLLBACK_TIMERS)
    for recipe in found.values():
        assert recipe.see
        assert recipe.cancel
        assert not [line for line in (*recipe.see, *recipe.undo, *recipe.cancel) if re.search(r"2\d{7}T|\.\.\.|[{}]", line)]


def test_the_sample_has_each_method() -> None:
    """What is tried whenever the tests are run has each method and both ways, and is of the table."""
    assert {*SAMPLE} <= {*ALL}
    assert {way for _, way in SAMPLE} == {"undo", "keep"}
    assert {word for pair, _ in SAMPLE for word in pair.split("-")} >= {"applet", "revert", "kron", "asareload", "reload"}
