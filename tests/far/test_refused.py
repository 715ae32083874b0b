"""What --scheduler is refused with before anything is connected."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import UsageError
from nr_run.runbooks.commands.cli import OWN, cli, commands
from nr_run.runbooks.commands.from_here import FROM_HERE, help_text, refusal
from nr_run.runbooks.far.messages import lease_seconds

from ..conftest import ROOT
from ..own_inventory import PAIR

LOOKING = ("verify", "drift", "doctor")
CHANGING = ("deploy-l2l", "remove-l2l", "deploy-zia", "remove-ra", "rotate-psk")
#: Beside those of the room `offline`: one shows a kept run, one plays devices.
ASK_NO_DEVICE = {"show", "lab"}
PLACES = ("--inventory", str(PAIR))


def words_of(command: str) -> list[str]:
    """A command line that is whole but for the cluster."""
    return [command, *(["hq-branch", "--yes"] if command in CHANGING else []), *PLACES]


@pytest.mark.parametrize("command", LOOKING + CHANGING)
@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786"])
def test_an_address_without_encryption(command: str, address: str) -> None:
    """Anything but tls:// is refused in one sentence that says what to say."""
    done = CliRunner().invoke(cli, [*words_of(command), "--scheduler", address])
    assert isinstance(done.exception, UsageError)
    assert (
        str(done.exception)
        == f"--scheduler {address}: give tls://HOST:PORT; over anything else nobody knows who reads along, or answers"
    )


@pytest.mark.parametrize("command", LOOKING + CHANGING)
def test_a_rehearsal_elsewhere(command: str) -> None:
    """--lab plays the devices here, so that it is refused with --scheduler, also where the environment says that."""
    done = CliRunner().invoke(cli, [*words_of(command), "--lab"], env={"NR_RUN_SCHEDULER": "tls://192.0.2.1:8786"})
    assert isinstance(done.exception, UsageError)
    assert "use one of them" in str(done.exception)


def scheduler_option(command: str) -> click.Parameter | None:
    """The option of a command, if it has one."""
    made = cli.get_command(click.Context(cli), command)
    assert made is not None
    return next((one for one in made.params if "--scheduler" in one.opts), None)


@pytest.mark.parametrize("command", commands())
def test_every_command_reaches_its_devices_elsewhere_or_says_why_not(command: str) -> None:
    """A command takes --scheduler, or stands in the table of those that do not, or asks no device at all."""
    option = scheduler_option(command)
    takes = isinstance(option, click.Option) and not option.hidden and option.expose_value
    if command in ASK_NO_DEVICE or (command in OWN and OWN[command][0].startswith(".offline.")):
        assert option is None
        assert command not in FROM_HERE
    else:
        assert takes != (command in FROM_HERE)


@pytest.mark.parametrize("entry", FROM_HERE)
def test_what_reaches_its_devices_from_here_alone(entry: str) -> None:
    """It is refused with its sentence, the help has that, and so has the page; no environment says it where it cannot be done."""
    command, _, option = entry.partition(" ")
    line = [command, "some", *([option, "ID"] if option else ["--to", "NEW"])]
    done = CliRunner().invoke(cli, [*line, "--plan", "--scheduler", "tls://192.0.2.1:8786"])
    said = str(done.exception) if isinstance(done.exception, UsageError) else done.output
    assert refusal(entry) in " ".join(said.split())
    assert help_text(entry) in " ".join(CliRunner().invoke(cli, [command, "--help"]).output.split())
    page = " ".join((ROOT / "docs" / "how-to" / "scale.md").read_text().split())
    assert f"| `{entry}` | {FROM_HERE[entry]} |" in page
    done = CliRunner().invoke(cli, [*line, "--plan", *PLACES], env={"NR_RUN_SCHEDULER": "tcp://192.0.2.1:8786"})
    assert option or "tcp://" not in str(done.exception) + done.output


def test_processes_of_this_machine_and_of_others() -> None:
    """--processes is refused with --scheduler."""
    line = [*words_of("deploy-l2l"), "--processes", "2", "--scheduler", "tls://192.0.2.1:8786"]
    done = CliRunner().invoke(cli, line)
    assert isinstance(done.exception, UsageError)
    assert "use one of them" in str(done.exception)


@pytest.mark.parametrize("given", ["9", "601", "soon", "nan"])
def test_a_lease_that_is_none(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that is too short, too long or no number is refused with what it may be."""
    monkeypatch.setenv("NR_RUN_LEASE", given)
    with pytest.raises(UsageError, match=f"NR_RUN_LEASE={given}: say seconds, from 10 to 600"):
        lease_seconds()
