"""What --scheduler is refused with before anything is connected."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import Exit, UsageError
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.far.messages import lease_seconds

from ..own_inventory import PAIR

LOOKING = ("verify", "drift", "doctor")
CHANGING = ("deploy-l2l", "remove-l2l", "deploy-zia", "remove-ra")
FROM_HERE = ("rotate-psk", "failover-test", "renew-phone-certificate")
PLACES = ("--inventory", str(PAIR))


def words_of(command: str) -> list[str]:
    """A command line that is whole but for the cluster."""
    return [command, *(["some", "--yes"] if command in CHANGING else []), *PLACES]


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


@pytest.mark.parametrize("command", FROM_HERE)
def test_what_rests_on_this_machine(command: str) -> None:
    """A command whose new key or clock is this machine's refuses it in one sentence, and no environment says it there."""
    done = CliRunner().invoke(cli, [command, "some", "--scheduler", "tls://192.0.2.1:8786"])
    assert done.exit_code in (Exit.USAGE, 2)
    assert f"{command} reaches the devices from here alone" in " ".join(done.output.split())
    done = CliRunner().invoke(cli, [command, "some", "--yes", *PLACES], env={"NR_RUN_SCHEDULER": "tcp://192.0.2.1:8786"})
    assert "tcp://" not in str(done.exception) + done.output


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
