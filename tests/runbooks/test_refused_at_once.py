"""Command lines, files and keys that are wrong are refused before any device is thought of, each with its own sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_run.inventory.errors import Exit, NrRunError, SecretError
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.commands.cli import cli
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.run_secrets import decrypt_secrets, encrypt_secrets

from .. import warm

ROOT = Path(__file__).parents[2]


def refusal(*words: str) -> NrRunError:
    """The error with which a command ends that nobody sits in front of."""
    error = CliRunner().invoke(cli, list(words), input="").exception
    assert isinstance(error, NrRunError), error
    return error


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--plan", "--yes"), Exit.USAGE, "--plan and --yes exclude each other"),
        ((), Exit.USAGE, "no terminal to ask on"),
        (
            ("--yes", "--revert-in", "1", "--ike-timeout", "30"),
            Exit.USAGE,
            "--revert-in 1 would fire before --ike-timeout 30 is over",
        ),
        (("--plan", "--inventory", "{empty}"), Exit.NOTHING_MATCHED, "holds no inventory: there is no hosts.yaml"),
    ],
    ids=["look and do", "nobody there", "too short", "no inventory"],
)
def test_a_deploy_that_makes_no_sense(tmp_path: Path, words: tuple[str, ...], code: Exit, sentence: str) -> None:
    """It ends with its own code and says what to say instead."""
    error = refusal("deploy-l2l", *(word.format(empty=tmp_path) for word in words), "--runs", str(tmp_path / "runs"))
    assert error.exit_code == code
    assert sentence in str(error)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("deploy",),
            "there is no command 'deploy'; did you mean deploy-cloud, deploy-flexvpn, deploy-l2l, deploy-ra or deploy-zia?",
        ),
        (("verfy",), "there is no command 'verfy'; did you mean verify?"),
        (("deploy-l2l", "--pol", "3"), "(Did you mean one of: '--lab', '--plan'?)"),
        (("deploy-l2l", "--revert-in", "15m"), "Invalid value for '--revert-in': '15m' is not a valid whole number."),
        (("runs", "--last", "all"), "Invalid value for '--last': 'all' is not a valid whole number."),
        (("verify", "--deadline", "soon"), "Invalid value for '--deadline': 'soon' is not a valid number."),
    ],
    ids=["half a command", "misspelt", "no option", "minutes", "a count", "seconds"],
)
def test_a_command_line_that_is_none(words: tuple[str, ...], sentence: str) -> None:
    """It ends with the exit code of the command line, in the words of --help, and with what was probably meant."""
    done = warm.run([str(Path(sys.executable).parent / "nr-run"), *words], {**os.environ, "COLUMNS": "200"})
    assert done.returncode == Exit.USAGE
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("", "nothing: the device has none\ncomplete"),
        ("172.18.124.159  64.102.55.142   QM_IDEL   6   0\n", "nothing that is understood\n"),
    ],
    ids=["an empty table", "a damaged row"],
)
def test_no_record_is_said_for_what_it_is(tmp_path: Path, row: str, shown: str) -> None:
    """That a device has none is said of an output that was understood whole, and of no other."""
    file = tmp_path / "sa.txt"
    file.write_text(f"dst             src             state           conn-id    slot\n{row}\n")
    done = CliRunner().invoke(cli, ["parse", "--os", "ios", "show crypto isakmp sa", str(file)])
    assert shown in done.output


def test_a_host_where_a_word_is_wanted() -> None:
    """--limit with nothing but a host's name says how that host is meant."""
    error = refusal("verify", "--limit", "vpn261", "--inventory", str(ROOT / "inventory"))
    assert str(error) == "--limit takes words like site=berlin or host=hq, and 'vpn261' is none (did you mean host=vpn2611?)"


@pytest.mark.parametrize(
    ("content", "command", "sentence"),
    [
        (None, "show version", "cannot be read"),
        (b"\x00\x01\x02\xff" * 50, "show version", "binary data"),
        (b"", "show version", "the text is empty"),
        (b"Command authorization failed.\n", "show version", "Command authorization failed"),
        (b"nothing of the kind\n", "show ip nothing", "no template reads"),
        (b"nothing of the kind\n", "show version", "this is not the output of"),
    ],
    ids=["no file", "binary", "empty", "refused", "no such command", "something else"],
)
def test_a_file_that_is_no_output(tmp_path: Path, content: bytes | None, command: str, sentence: str) -> None:
    """What cannot be read as the output of a command is refused, whatever it is."""
    file = tmp_path / "output.txt"
    if content is not None:
        file.write_bytes(content)
    error = refusal("parse", "--os", "ios", command, str(file))
    assert error.exit_code == Exit.INTENT
    assert sentence in str(error)


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run folder whose secrets were sealed with a key of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("NR_RUN_KEY", raising=False)
    folder = RunFolder.make(tmp_path / "runs", "deploy-l2l", Secrets(()))
    encrypt_secrets(folder, Secrets(()))
    folder.close()
    return folder.path


def key_of(sealed: Path) -> Path:
    """The file of the key."""
    (found,) = (sealed.parent.parent / "config").rglob("run-key")
    return found


def test_secrets_without_their_key(sealed: Path) -> None:
    """Sealed secrets are opened with their key; with no key, with another one and with no file there is a sentence each."""
    decrypt_secrets(sealed)
    key = key_of(sealed)
    kept = key.read_bytes()
    key.write_bytes(kept[:-12] + b"AAAAAAAAAAA=")
    with pytest.raises(SecretError, match="is not the key of"):
        decrypt_secrets(sealed)
    key.unlink()
    with pytest.raises(SecretError, match="cannot be read"):
        decrypt_secrets(sealed)
    key.write_bytes(kept)
    (sealed / "secrets.enc").unlink()
    with pytest.raises(SecretError, match="without it the run's keys are not known"):
        decrypt_secrets(sealed)


def test_a_key_file_that_holds_no_key(sealed: Path) -> None:
    """Nothing is sealed with a text that is no key, and what to do is said."""
    key_of(sealed).write_text("not a key\n")
    folder = RunFolder(sealed, "deploy-l2l", Secrets(()))
    with pytest.raises(SecretError, match="holds no key; move it away"):
        encrypt_secrets(folder, Secrets(()))
    folder.close()
