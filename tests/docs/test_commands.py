"""Every command in the documents does what the documents say, on a lab of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nr_run.lab.core.errors import NoLab
from nr_run.lab.entry import attach

from .. import warm
from .documents import PAGES, ROOT, Command, as_pattern, blocks, commands

BIN = Path(sys.executable).parent
#: The lab of the documents listens on fixed ports; a lab of a test must not, and need not run in real time.
LAB_UP = "nr-run lab up --detach"
HOSTS = ROOT / "inventory" / "hosts.yaml"
FIXED_PORTS: dict[str, str] = dict(re.findall(r"^(\S+):\n(?:  .*\n)*?  port: (\d+)$", HOSTS.read_text(), re.MULTILINE))


class Desk:
    """A folder with the example inventory, in which the commands of one page are run one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lab = folder / "lab"
        self.ports: dict[str, str] = {}
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("NR_RUN_")},
            "PATH": f"{folder / 'bin'}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}",
            "NR_RUN_LAB_DIR": str(self.lab),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "COLUMNS": "118",
        }
        # A cold start for each of a hundred lines would cost minutes; tests/packaging starts the command as it is installed.
        (folder / "bin").mkdir()
        warm.put_command(folder / "bin")
        for name in ("README.md", "examples"):
            (folder / name).symlink_to(ROOT / name)
        self._copy_inventory()

    def _copy_inventory(self) -> None:
        target = self.folder / "inventory"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(ROOT / "inventory", target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        hosts = target / "hosts.yaml"
        text = hosts.read_text()
        for name, port in self.ports.items():
            assert FIXED_PORTS[name] in text, f"the example inventory does not reach {name} on port {FIXED_PORTS[name]}"
            text = text.replace(FIXED_PORTS[name], port)
        hosts.write_text(text)

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """One command line in bash, as a person would type it; both outputs together."""
        line = line.replace(LAB_UP, f"{LAB_UP} --any-ports --speed 20")
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        if LAB_UP in line and done.returncode == 0:
            state = json.loads(self.run("nr-run lab status --json").stdout)
            self.ports = {name: str(place["port"]) for name, place in state["devices"].items()}
            self._copy_inventory()
        return done

    def edited(self) -> list[str]:
        """Files of the example inventory that are not as they were, or that were not there."""
        folder = self.folder / "inventory"
        kept = {path.relative_to(ROOT / "inventory") for path in (ROOT / "inventory").rglob("*.yaml")} - {Path("hosts.yaml")}
        there = {path.relative_to(folder) for path in folder.rglob("*.yaml")} - {Path("hosts.yaml")}
        changed = {name for name in kept & there if (folder / name).read_bytes() != (ROOT / "inventory" / name).read_bytes()}
        return sorted(map(str, changed | (kept ^ there)))

    def as_documented(self, output: str) -> str:
        """The output with the ports of the documents instead of those of this lab."""
        for name, port in self.ports.items():
            output = re.sub(rf"\b{port}\b", FIXED_PORTS[name], output)
        return output


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A folder to work in; a lab that a page leaves running is stopped."""
    made = Desk(tmp_path)
    yield made
    try:
        attach(made.lab).stop()
    except NoLab:
        return


def check(desk: Desk, command: Command) -> None:
    """The command ends with its exit code and prints what the page shows."""
    done = desk.run(command.line)
    output = desk.as_documented(done.stdout)
    assert done.returncode == command.code, f"{command.line}: exit {done.returncode}\n{output}"
    if command.shown:
        text = output if output.endswith("\n") or not output else output + "\n"
        assert as_pattern(command.shown).fullmatch(text), f"{command.line} does not print what the page shows:\n{output}"


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_do_what_the_page_shows(desk: Desk, page: Path) -> None:
    """Each console command of a page ends with the exit code, and prints the lines, that the page shows.

    What a page edits in the example inventory it restores, since the next page begins there.
    """
    for command in commands(page):
        if LAB_UP in command.line:
            assert not desk.edited()
        check(desk, command)
    assert not desk.edited()


def test_the_check_can_fail(desk: Desk) -> None:
    """A command that ends or prints otherwise than shown is found."""
    for wrong in (Command("true", 1), Command("echo yes", 0, ["no"]), Command("echo yes; echo no", 0, ["yes"])):
        with pytest.raises(AssertionError):
            check(desk, wrong)
    check(desk, Command("echo 1 b; echo 2; echo 3 d", 0, ["1 ...", "...", "3 d"]))


def test_commands_of_the_tool_stand_in_blocks_that_are_run() -> None:
    """nr-run is typed in console blocks only."""
    elsewhere = [
        line
        for page in PAGES
        for kind in ("sh", "bash", "shell", "")
        for body in blocks(page, kind)
        for line in body.splitlines()
        if re.match(r"(?:\$ )?(?:\S*/)?nr-run ", line)
    ]
    assert elsewhere == []


def make_runs(*targets: str) -> str:
    """What make would run for these targets on a fresh clone, without the words that only make it quiet."""
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "PYTHON=python3.11", *targets],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.replace(" --disable-pip-version-check -qq", "")


def ci_runs() -> set[str]:
    """The lines of .ci/run as a person types them: without its folder, and without the words that only make pip quiet."""
    text = re.sub(r'"\$work"/|"\$work/([\w/.-]+)"', r"\1", (ROOT / ".ci" / "run").read_text())
    lines = text.replace(" -qq --disable-pip-version-check", "").splitlines()
    return {line.replace(".venv/bin/python -m venv", "python3.11 -m venv") for line in lines}


def test_set_up_commands_are_those_of_make() -> None:
    """Each line of a set-up block is a make target that exists, or a command that make or CI itself runs."""
    # What make notes on the side of the tests is none of the reader's business.
    plain = re.sub(r"(?m)^(?:[A-Z_]+=\S+ )+", "", make_runs("demo", "test", "check", "bench", "pictures")).splitlines()
    for page in PAGES:
        for body in blocks(page, "sh"):
            for line in body.splitlines():
                words = line.partition("#")[0].split()
                if words[:1] == ["make"]:
                    assert make_runs(*words[1:]), line
                else:
                    assert line in plain or line in ci_runs(), f"{page.name}: {line}"
