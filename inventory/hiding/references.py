"""Secrets by reference: ``scheme:rest`` says where a value is kept, never what it is."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ..errors import SecretError


def credential_folders(extra: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Folders in which a ``credential:NAME`` is a file, first match wins.

    systemd's ``$CREDENTIALS_DIRECTORY``, then ``$NR_RUN_CREDENTIALS``, then the user's own folder, then ``extra``.
    """
    named = [os.environ.get(name) for name in ("CREDENTIALS_DIRECTORY", "NR_RUN_CREDENTIALS")]
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nr-run" / "credentials"
    return (*(Path(name) for name in named if name), own, *extra)


def _from_credential(name: str, folders: tuple[Path, ...]) -> str:
    if Path(name).name != name:
        raise SecretError(f"credential:{name}: a credential is a plain file name without a path")
    for folder in folders:
        if (folder / name).is_file():
            return _read(folder / name, f"credential:{name}")
    known = sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()})
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean credential:{near[0]}?" if near else ""
    places = ", ".join(str(folder) for folder in folders)
    raise SecretError(f"credential:{name} not found: no such file in {places}{hint}")


def _from_env(name: str, _folders: tuple[Path, ...]) -> str:
    value = os.environ.get(name)
    if not value:
        raise SecretError(f"env:{name} not found: the environment has no such variable, or it is empty")
    return value


def _from_file(name: str, _folders: tuple[Path, ...]) -> str:
    return _read(Path(name).expanduser(), f"file:{name}")


#: A command that asks a vault may have to wake it, and must not hold a run for ever.
COMMAND_SECONDS = 60.0


def _from_command(command: str, _folders: tuple[Path, ...]) -> str:
    """First line that a shell command prints (``sops -d ...``, ``op read op://...``)."""
    words = command.split()
    if not words:
        raise SecretError("command: names no command; write the command that prints the value after the colon")
    try:
        done = subprocess.run(  # noqa: S602 - the operator's own inventory names the command, as in ~/.ssh/config
            command, shell=True, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise SecretError(f"command:{words[0]} gave no answer within {COMMAND_SECONDS:.0f} seconds") from None
    except UnicodeDecodeError:
        raise SecretError(f"command:{words[0]} not found: what it prints is not text") from None
    value = done.stdout.partition("\n")[0].strip()
    if done.returncode or not value:
        raise SecretError(f"command:{words[0]} not found: it ended with code {done.returncode}")
    return value


def _from_keyring(name: str, _folders: tuple[Path, ...]) -> str:
    try:
        import keyring
    except ImportError:
        raise SecretError(f"keyring:{name} needs the extra: pip install 'nr-run[keyring]'") from None
    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise SecretError(f"keyring:{name} not found: {type(error).__name__}: there is no keyring to ask") from None
    if not value:
        raise SecretError(f"keyring:{name} not found: the keyring has no such entry")
    return str(value)


def _read(path: Path, reference: str) -> str:
    try:
        value = path.read_text(encoding="utf8").strip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SecretError(f"{reference} not found: {path}: {reason}") from None
    if not value:
        raise SecretError(f"{reference} not found: {path} is empty")
    if "\n" in value or "\r" in value:
        raise SecretError(f"{reference}: {path} has more than one line, and a second line would be typed as a command")
    return value


SCHEMES: Mapping[str, Callable[[str, tuple[Path, ...]], str]] = {
    "credential": _from_credential,
    "env": _from_env,
    "file": _from_file,
    "command": _from_command,
    "keyring": _from_keyring,
}


def check_preshared_key(value: str, reference: str) -> None:
    """Refuse a key that a Cisco command line would cut, complete or misread.

    ``?`` asks for help, a space ends the argument, quotes and the backslash are taken literally by one end only, ``!`` at the
    start is a comment, and other characters than printable ASCII are not accepted (Cisco IOS and ASA command line rules).
    """
    bad = sorted({character for character in value if character in "?\"'\\<> " or not " " < character <= "~"})
    if bad or value.startswith("!"):
        raise SecretError(
            f"{reference}: the key has a character that a command line cannot take (one of ? space quote \\ < > ! first)"
        )
    if not 8 <= len(value) <= 128:
        raise SecretError(f"{reference}: the key has {len(value)} characters; 8 to 128 are allowed, 24 or more advised")


def fetch(reference: str, folders: tuple[Path, ...]) -> str:
    """Value of a reference. Raises SecretError, which never holds the value."""
    scheme, _, rest = reference.partition(":")
    if scheme not in SCHEMES or not rest:
        from difflib import get_close_matches

        near = get_close_matches(scheme, SCHEMES, n=1)
        hint = f"did you mean {near[0]}:?" if near else f"known: {', '.join(SCHEMES)}"
        raise SecretError(f"{scheme or '(empty)'}: is no kind of secret reference; {hint}")
    return SCHEMES[scheme](rest, folders)
