"""Help and completion are instant: they import nothing that a run needs. Counted in modules, which do not depend on a machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nr_run.runbooks.commands.cli import OWN, commands

#: What costs more than all of Python's own start.
HEAVY = (
    "netmiko",
    "ttp",
    "nornir",
    "pydantic",
    "rich",
    "paramiko",
    "jinja2",
    "ruamel",
    "asyncio",
    "cryptography",
    "importlib.metadata",
    "email",
    "socket",
    "difflib",
    "nr_run.parsers",
    "nr_run.changes",
    "nr_run.inventory.hiding.known_values",
)
#: What is small, and more than a tenth of what --help costs beside click: it needs none of it.
SMALL = (
    "pathlib",
    "logging",
    "json",
    "subprocess",
    "ipaddress",
    "dataclasses",
    "msgspec",
    "click.shell_completion",
    "nr_run.checks",
    "nr_run.lab.core.faults",
    "nr_run.inventory.hiding.references",
)
#: Our own commands whose --help says something of every service; the others read nothing of what is installed.
OF_SERVICES = ("rotate-psk", "schema")
REGISTRY = "nr_run.services.registry"
PROGRAM = f"""
import sys
from nr_run.runbooks.commands.cli import main
try:
    main()
except SystemExit:
    pass
print("imported:", *[name for name in {(*HEAVY, *SMALL, REGISTRY)!r} if name in sys.modules], file=sys.stderr)
"""
LAB = ("up", "status", "down", "exec", "fault")


def started(*words: str, cwd: Path | None = None, **environment: str) -> tuple[str, list[str]]:
    """What the command prints, and which heavy modules it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        cwd=cwd,
        env={**os.environ, **environment},
    )
    return done.stdout, done.stderr.rpartition("imported:")[2].split()


def completed(line: str, cwd: Path | None = None) -> tuple[list[str], list[str]]:
    """What the shell is offered for a line that ends where the cursor stands, and the heavy modules."""
    number = len(line.split(" ")) - 1
    out, imported = started(cwd=cwd, _NR_RUN_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(number))
    return [offer.partition(",")[2] for offer in out.splitlines() if offer], [name for name in imported if name in HEAVY]


@pytest.mark.parametrize("words", [(), *((name,) for name in commands()), *(("lab", name) for name in LAB)], ids=" ".join)
def test_help_is_light(words: tuple[str, ...]) -> None:
    """--help of every command says how it is called, and imports nothing heavy."""
    out, imported = started(*words, "--help")
    assert "Usage: nr-run" in out
    needs_services = words[:1] == () or words[0] not in OWN or words[0] in OF_SERVICES
    assert imported == ([REGISTRY] if needs_services else [])


#: What a deploy imports before it talks to its first device, one on a lab that runs too.
DEPLOY = """
import sys
import nr_run.runbooks.commands.service_command, nr_run.runbooks.engine.run_setup, nr_run.runbooks.engine.runbook
import nr_run.runbooks.commands.views.progress, nr_run.lab.entry
from nr_run.services.registry import find_built
find_built("l2l")
print(len(sys.modules), *sys.modules)
"""
#: Of its libraries and the parts of nr-run what no deploy of a tunnel uses, and how many modules all of it is.
UNUSED = (
    "asyncio",
    "ssl",
    "invoke",
    "ttp",
    "xml",
    "multiprocessing",
    "unittest",
    "yaml",
    "rich",
    "nr_run.lab.rehearsal",
    "nr_run.parsers.logs",
    "nr_run.parsers.provider_samples",
    "nr_run.services.common.sample_draft",
)
MODULES = 1166


def test_a_deploy_imports_what_it_uses() -> None:
    """Each module that is imported before the first packet is a wait for it: none comes back that was left out."""
    done = subprocess.run([sys.executable, "-c", DEPLOY], capture_output=True, text=True, timeout=120, check=True)
    number, *names = done.stdout.split()
    assert [name for name in UNUSED if name in names] == []
    assert int(number) <= MODULES


def test_the_version_is_light() -> None:
    """--version says the version, and imports nothing heavy."""
    out, imported = started("--version")
    assert out.startswith("nr-run, version ")
    assert imported == []


@pytest.mark.parametrize("words", [("status",), ("history", "hq-branch")], ids=" ".join)
def test_a_look_at_the_past_asks_for_no_device(tmp_path: Path, words: tuple[str, ...]) -> None:
    """What only reads the history imports what prints tables, and nothing that reaches or reads a device."""
    _, imported = started(*words, "--runs", str(tmp_path))
    assert "rich" in imported
    assert not {*imported} & {
        "netmiko",
        "ttp",
        "nornir",
        "paramiko",
        "jinja2",
        "cryptography",
        "nr_run.parsers",
        "nr_run.changes",
    }


@pytest.mark.parametrize("words", [("partner-sheet", "none"), ("init",), ("deploy-l2l", "--plan", "none")], ids=" ".join)
def test_no_library_logs_on_the_terminal(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A command that has imported Nornir has seen to it before that Nornir's log goes nowhere."""
    shutil.copytree(Path(__file__).parents[2] / "inventory", tmp_path / "inventory", ignore=shutil.ignore_patterns("*.py"))
    if words == ("init",):
        shutil.rmtree(tmp_path / "inventory")
    program = (
        PROGRAM + "import logging; print('handlers:', 'nornir' in sys.modules, len(logging.root.handlers), file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, cwd=tmp_path)
    assert done.stderr.splitlines()[-1] == "handlers: True 1"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with an intent in two files, and two runs."""
    intent = tmp_path / "inventory" / "vpn"
    intent.mkdir(parents=True)
    (intent / "a.yaml").write_text(
        "schema_version: 1\nike_proposals:\n  - name: hq-weak\ntunnels:\n  # the first\n  - name: hq-branch\n"
        "    terminations:\n      - host: a\n        cisco:\n          name: hq-inner\n\n  - status: active\n    name: 'hq-lab'\n"
    )
    (tmp_path / "inventory" / "zia.yaml").write_text(
        "schema_version: 1\nzia:\n  - name: shop\n    identity:\n      credential: ip\n"
    )
    (intent / "b.yml").write_text("tunnels:\n- name: branch-9\n  ipsec_profile: x\nipsec_profiles:\n- name: hq-profile\n")
    for run in ("20260101T000000Z-7f3a", "20260102T000000Z-81c0"):
        (tmp_path / "runs" / run).mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("nr-run dep", ["deploy-cloud", "deploy-flexvpn", "deploy-l2l", "deploy-ra", "deploy-zia"]),
        (
            "nr-run r",
            [
                "remove-cloud",
                "remove-flexvpn",
                "remove-l2l",
                "remove-ra",
                "remove-zia",
                "renew-phone-certificate",
                "rotate-psk",
                "rollback",
                "resume",
                "runs",
            ],
        ),
        ("nr-run deploy-l2l --wo", ["--workers"]),
        ("nr-run deploy-l2l hq", ["hq-branch", "hq-lab"]),
        ("nr-run deploy-l2l hq-branch ", ["hq-lab", "branch-9"]),
        ("nr-run remove-l2l b", ["branch-9"]),
        ("nr-run deploy-zia ", ["shop"]),
        ("nr-run rotate-psk ", ["hq-branch", "hq-lab", "branch-9", "shop"]),
        ("nr-run show ", ["20260102T000000Z-81c0", "20260101T000000Z-7f3a"]),
        ("nr-run resume 7f", ["7f3a"]),
    ],
)
def test_completion_is_light(desk: Path, line: str, offers: list[str]) -> None:
    """Commands, options, tunnels of the intent and runs are offered, without what reads and checks them in earnest."""
    assert completed(line, desk) == (offers, [])


def test_completion_knows_the_example() -> None:
    """The names that completion finds in the example are those that are read in earnest."""
    from nr_run.inventory.intents.intent_files import load_intent

    root = Path(__file__).parents[2]
    names = sorted(load_intent(root / "inventory" / "vpn").tunnels)
    assert sorted(completed("nr-run deploy-l2l ", root)[0]) == names


def test_completion_where_there_is_no_inventory(tmp_path: Path) -> None:
    """Where nothing is, nothing is offered, and nothing goes wrong."""
    assert completed("nr-run deploy-l2l ", tmp_path) == ([], [])
    assert completed("nr-run show ", tmp_path) == ([], [])
