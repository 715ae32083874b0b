"""nr-run parse, as a person and a program call it, and the page that documents its fields."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nr_run.parsers.fields.document import render

if TYPE_CHECKING:
    from .conftest import Case

MAIN = [sys.executable, "-c", "from nr_run.runbooks.commands.cli import main; main()", "parse"]


def run(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """One call of nr-run parse."""
    return subprocess.run([*MAIN, *arguments], input=stdin, capture_output=True, check=False, timeout=60)


def file_of(cases: tuple[Case, ...], folder: str, stem: str) -> str:
    """The path of a capture."""
    return str(next(case.path for case in cases if case.path.parent.name == folder and case.path.stem == stem))


def test_a_person_gets_a_table_and_zero(cases: tuple[Case, ...]) -> None:
    """A complete reading is a table, the word complete, and exit code 0."""
    done = run("--os", "ios", "show crypto isakmp sa", file_of(cases, "show_crypto_isakmp_sa", "c2611_12.2"))
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "QM_IDLE" in text
    assert "172.18.124.199" in text
    assert text.rstrip().endswith("complete")


def test_a_program_gets_json_from_standard_input(cases: tuple[Case, ...]) -> None:
    """--json prints the document, SPIs as hexadecimal, and nothing else."""
    text = Path(file_of(cases, "show_crypto_ipsec_sa", "c3640_12.2")).read_bytes()
    done = run("--os", "ios", "sh cry ipsec sa", "-", "--json", stdin=text)
    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["complete"] is True
    assert document["command"] == "show crypto ipsec sa"
    assert [sa["spi"] for sa in document["state"][0]["sas"]] == ["0x892741bc", "0x7b7b2015"]


def test_what_was_not_understood_is_twelve_and_names_the_line(cases: tuple[Case, ...]) -> None:
    """An unverified reading says which lines, and exits 12."""
    text = Path(file_of(cases, "show_clock", "ntp")).read_bytes() + b"%SYS-5-CONFIG_I: Configured from console\n"
    done = run("--os", "ios", "show clock", stdin=text)
    assert done.returncode == 12
    assert b"line 3, not understood" in done.stdout
    assert json.loads(run("--os", "ios", "show clock", "--json", stdin=text).stdout)["problems"][0]["line"] == 3


@pytest.mark.parametrize("data", [b"", b"\x7fELF\0\0\0", b"no such thing\n", b"% Invalid input detected at '^' marker.\n"])
def test_what_is_no_output_of_the_command_is_sixty_five(data: bytes) -> None:
    """Empty, binary, foreign or refused: one sentence on standard error and exit code 65."""
    done = run("--os", "ios", "show clock", stdin=data)
    assert done.returncode == 65
    assert done.stdout == b""
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_an_unknown_command_names_those_that_are_read() -> None:
    """A command without a template is answered with the list of those that have one."""
    done = run("--os", "ios", "show flux", stdin=b"x\n")
    assert done.returncode == 65
    assert b"show crypto ipsec sa" in done.stderr


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("from nr_run.parsers import parse", {"ttp", "nr_run.parsers.records.ipsec", "nr_run.parsers.commands.ios_crypto"}),
        ("import nr_run.parsers.result", {"nr_run.parsers.reader"}),
        (
            "from nr_run.parsers import parse; parse('ios', 'show crypto ipsec sa', 'No SAs found')",
            {
                "ttp",
                "importlib.resources",
                "zipfile",
                "nr_run.parsers.records.tracking",
                "nr_run.parsers.records.asa_vpn",
                "nr_run.parsers.commands.asa_crypto",
            },
        ),
        (
            "from nr_run.parsers import parse; parse('asa', 'show crypto ikev1 sa', 'There are no IKEv1 SAs')",
            {"ttp", "nr_run.parsers.records.asa_config"},
        ),
    ],
)
def test_a_reading_loads_what_it_needs(code: str, absent: set[str]) -> None:
    """nr-run starts fast: TTP comes with a template of one's own, records with the first output that fills them."""
    check = f"import sys; {code}; sys.exit(' '.join(sorted({absent!r} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", check], check=False, timeout=60, capture_output=True)
    assert done.stderr.decode().strip() == ""


def test_the_page_of_fields_is_current() -> None:
    """docs/reference/parser-fields.md is what `python -m nr_run.parsers.fields.document` prints."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "parser-fields.md"
    assert page.read_text(encoding="utf-8") == render().rstrip() + "\n"
