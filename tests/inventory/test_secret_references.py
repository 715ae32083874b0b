"""What a reference to a secret resolves to, and the sentence where it not found: no value is ever in it."""

from __future__ import annotations

import builtins
import sys
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.secrets import TOKEN, Secrets, credential_folders

from .secret_syntaxes import CANARY


def test_references_never_share_a_token() -> None:
    """References that differ only in what a token cannot hold have different tokens."""
    tokens = {Secrets.token(reference) for reference in ("command:get a", "command:get_a", "command:get\ta", "command:get<a")}
    assert len(tokens) == 4
    assert all(TOKEN.fullmatch(token) for token in tokens)


def test_each_reference_its_own_value(tmp_path: Path) -> None:
    """A file name with a blank and one with an underscore are two files."""
    for name, value in (("a b", "first.key"), ("a_b", "second.key")):
        (tmp_path / name).write_text(value)
    secrets = Secrets(folders=())
    assert [secrets.resolve(f"file:{tmp_path}/{name}") for name in ("a b", "a_b")] == ["first.key", "second.key"]


def test_many_threads_one_lookup(tmp_path: Path) -> None:
    """Two devices that need one key at the same time ask for it once."""
    counter = tmp_path / "asked"
    script = f"echo x >> {counter}; echo {CANARY}"
    secrets = Secrets(folders=())
    threads = [threading.Thread(target=secrets.resolve, args=(f"command:{script}",)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "x\n"


def failing(reference: str, secrets: Secrets | None = None) -> str:
    """The sentence for a reference that cannot be resolved; no cause or context may carry a value along."""
    with pytest.raises(SecretError) as caught:
        (secrets or Secrets(folders=())).resolve(reference)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_unknown_kind() -> None:
    """A kind of reference that does not exist is named with its near match, or with all kinds; the rest is not repeated."""
    assert "did you mean credential:?" in failing(f"credentials:{CANARY}")
    assert "known: credential, env" in failing(f"vault.example:{CANARY}")
    for reference in (f"xyz:{CANARY}", "env:", "", ":", CANARY):
        with pytest.raises(SecretError, match="is no kind of secret reference"):
            Secrets(folders=()).resolve(reference)
    assert CANARY not in failing(f"credentials:{CANARY}")


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is read; one that is missing or empty is said to be so."""
    monkeypatch.setenv("NR_TEST_PSK", CANARY)
    assert Secrets(folders=()).resolve("env:NR_TEST_PSK") == CANARY
    monkeypatch.setenv("NR_TEST_PSK", "")
    assert "no such variable, or it is empty" in failing("env:NR_TEST_PSK")


def test_credential(tmp_path: Path) -> None:
    """The first folder that has the file wins; a missing one names the folders and the near match; a path is refused."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    (tmp_path / "two" / "hq-psk").write_text("from.two\n")
    secrets = Secrets(folders=(tmp_path / "one", tmp_path / "two", tmp_path / "nowhere"))
    assert secrets.resolve("credential:hq-psk") == "from.two"
    (tmp_path / "one" / "hq-psk").write_text("from.one\r\n")
    assert Secrets(folders=secrets.folders).resolve("credential:hq-psk") == "from.one"
    sentence = failing("credential:hq-pks", secrets)
    assert "did you mean credential:hq-psk?" in sentence
    assert str(tmp_path / "nowhere") in sentence
    for name in ("../two/hq-psk", "/etc/passwd", "a/b"):
        assert "plain file name without a path" in failing(f"credential:{name}", secrets)
    assert "not found" in failing("credential:..", secrets)


def test_folders_of_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """systemd's folder comes first, then the variable of nr-run, then the user's, then what the run adds."""
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "systemd"))
    monkeypatch.setenv("NR_RUN_CREDENTIALS", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    expected = [tmp_path / "systemd", tmp_path / "own", tmp_path / "config" / "nr-run" / "credentials", tmp_path / "lab"]
    assert list(credential_folders([tmp_path / "lab"])) == expected


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xff\xfe\x00Canary", "it is not text"),
        (f"{CANARY}\nreload\n".encode(), "has more than one line"),
        (f"{CANARY}\rreload".encode(), "has more than one line"),
    ],
)
def test_file_that_holds_no_key(tmp_path: Path, content: bytes, words: str) -> None:
    """An empty, binary or longer file is no key; its content is not in the sentence."""
    (tmp_path / "psk").write_bytes(content)
    sentence = failing(f"file:{tmp_path}/psk")
    assert words in sentence
    assert "Canary" not in sentence


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a folder are named with the reason."""
    assert "No such file" in failing(f"file:{tmp_path}/psk")
    assert "Is a directory" in failing(f"file:{tmp_path}")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (f"echo {CANARY} >&2; exit 3", "ended with code 3"),
        (f"echo {CANARY}; exit 1", "ended with code 1"),
        ("true", "ended with code 0"),
        ("no-such-program-here", "ended with code 127"),
        (r"printf '\377\376'", "is not text"),
    ],
)
def test_command_that_fails(command: str, words: str) -> None:
    """A command that fails, prints nothing or prints no text is named by its first word, never by what it printed."""
    sentence = failing(f"command:{command}")
    assert words in sentence
    assert CANARY not in sentence


def test_command() -> None:
    """The first line that a command prints is the value."""
    assert Secrets(folders=()).resolve(f"command:printf '%s\\nsecond\\n' '{CANARY}'") == CANARY


def keyring_with(get: Callable[[str, str], str | None]) -> types.ModuleType:
    """A keyring package as Python would import it, with this store behind it."""
    module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module.get_password, module.errors = get, errors  # type: ignore[attr-defined]
    return module


def test_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service and user are asked for; no entry, no keyring and no package are three sentences."""
    entries = {("vpn", "hq"): CANARY}
    monkeypatch.setitem(sys.modules, "keyring", keyring_with(lambda service, user: entries.get((service, user))))
    assert Secrets(folders=()).resolve("keyring:vpn/hq") == CANARY
    assert "no such entry" in failing("keyring:vpn/other")

    locked = keyring_with(lambda _service, _user: None)

    def refuse(_service: str, _user: str) -> str:
        raise locked.errors.KeyringError(f"locked, and {CANARY} is in it")

    locked.get_password = refuse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", locked)
    sentence = failing("keyring:vpn/hq")
    assert "there is no keyring to ask" in sentence
    assert CANARY not in sentence


def test_keyring_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the sentence says how to get it."""
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name == "keyring":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert "pip install 'nr-run[keyring]'" in failing("keyring:vpn/hq")
