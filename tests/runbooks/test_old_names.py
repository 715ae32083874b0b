"""The option names of one release ago: each works, is not in --help, and one line says what to write now."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import NothingMatched
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.commands.console import TIMEOUTS
from nr_run.runbooks.commands.old_names import OPTIONS
from nr_run.services.registry import declared


@click.command()
@TIMEOUTS
def told(**options: object) -> None:
    """Prints what it was given."""
    click.echo(sorted(options.items()))


@pytest.mark.parametrize("old", OPTIONS)
def test_an_old_option_means_the_new_one(old: str) -> None:
    """It sets what the new name sets, and says so on standard error, where the new one says nothing."""
    by_old, by_new = (CliRunner().invoke(told, [name, "7"]) for name in (old, OPTIONS[old]))
    assert by_old.exit_code == by_new.exit_code == 0
    assert by_old.stdout == by_new.stdout != CliRunner().invoke(told, []).stdout
    assert by_old.stderr == f"nr-run: {old} is called {OPTIONS[old]} now; the next release does not know the old name\n"
    assert by_new.stderr == ""


@pytest.mark.parametrize("old", OPTIONS)
def test_the_later_of_both_counts(old: str) -> None:
    """Old and new name on one command line are one option given twice."""
    new = OPTIONS[old]
    assert CliRunner().invoke(told, [old, "7", new, "8"]).stdout == CliRunner().invoke(told, [new, "8"]).stdout
    assert CliRunner().invoke(told, [new, "8", old, "7"]).stdout == CliRunner().invoke(told, [new, "7"]).stdout


def test_old_options_are_checked_as_the_new_ones() -> None:
    """A value that the new option refuses is refused under the old name."""
    assert "Invalid value for '--dead-man'" in CliRunner().invoke(told, ["--dead-man", "-1"]).stderr


def test_help_has_the_new_names_alone(tmp_path: Path) -> None:
    """--help of every command with such options names the new ones."""
    for command in ("deploy-l2l", "rollback", "resume", "failover-test"):
        words = CliRunner().invoke(cli, [command, "--help"], env={"HOME": str(tmp_path)}).output
        assert all(f"{new} " in words and f"{old} " not in words for old, new in OPTIONS.items())


FORMER = {one.rotates.former: name for name, one in declared().rotating.items() if one.rotates and one.rotates.former}


@pytest.mark.parametrize("old", FORMER)
def test_a_former_command_is_the_new_one_of_its_service(old: str, tmp_path: Path) -> None:
    """It is in no list, says on standard error what to write now, and looks for the name in its own service alone."""
    inventory = Path(__file__).parents[2] / "inventory"
    places = ["--inventory", str(inventory), "--runs", str(tmp_path / "runs")]
    done = CliRunner().invoke(cli, [old, "hq-branch", "--plan", *places])
    assert f"nr-run: {old} is called rotate-psk now; the next release does not know the old name\n" in done.stderr
    assert "hq-branch" in str(done.exception)
    assert isinstance(done.exception, NothingMatched)
    assert old not in CliRunner().invoke(cli, ["--help"]).stdout
    assert "--service" not in CliRunner().invoke(cli, [old, "--help"]).stdout


def test_the_new_command_says_nothing_of_old_names() -> None:
    """Its help has what each service says of its keys."""
    words = " ".join(CliRunner().invoke(cli, ["rotate-psk", "--help"]).stdout.split())
    assert all(f"A {one.noun}. " in words for one in declared().rotating.values())
    assert "is called" not in words
