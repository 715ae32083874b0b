"""What --scheduler is refused with before anything is connected."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import Exit, UsageError
from nr_run.runbooks.commands.cli import cli

from ..own_inventory import PAIR

LOOKING = ("verify", "drift", "doctor")
CHANGING = ("deploy-l2l", "remove-l2l", "rotate-psk", "failover-test", "deploy-zia", "deploy-ra")
PLACES = ("--inventory", str(PAIR))


@pytest.mark.parametrize("command", LOOKING)
@pytest.mark.parametrize("address", ["tcp://192.0.2.1:8786", "192.0.2.1:8786"])
def test_an_address_without_encryption(command: str, address: str) -> None:
    """Anything but tls:// is refused in one sentence that says what to say."""
    done = CliRunner().invoke(cli, [command, "--scheduler", address, *PLACES])
    assert isinstance(done.exception, UsageError)
    assert (
        str(done.exception)
        == f"--scheduler {address}: say tls://HOST:PORT; over anything else nobody knows who reads along, or answers"
    )


@pytest.mark.parametrize("command", LOOKING)
def test_a_rehearsal_elsewhere(command: str) -> None:
    """--lab plays the devices here, so that it is refused with --scheduler, also where the environment says that."""
    done = CliRunner().invoke(cli, [command, "--lab", *PLACES], env={"NR_RUN_SCHEDULER": "tls://192.0.2.1:8786"})
    assert isinstance(done.exception, UsageError)
    assert "say one of them" in str(done.exception)


@pytest.mark.parametrize("command", CHANGING)
def test_what_changes_devices(command: str) -> None:
    """A command that changes devices refuses it in one sentence."""
    done = CliRunner().invoke(cli, [command, "some", "--scheduler", "tls://192.0.2.1:8786"])
    assert done.exit_code in (Exit.USAGE, 2)
    assert "--scheduler is for verify, drift and doctor, which only read" in " ".join(done.output.split())
