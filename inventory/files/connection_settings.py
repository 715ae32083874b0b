"""Connection settings of a device: those of ``connection_options`` that nr-run honours; all others are refused.

They stand under ``nr_run``, or under ``netmiko`` for those who have them there already; where both name one, ``nr_run`` wins. The
names are those of Netmiko where Netmiko has one. A setting that is not in the table is refused by the check of the inventory
files: one that nobody reads would be believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from ..hiding.references import SCHEMES
from ..systems import SYSTEMS
from .did_you_mean import hint

#: What a host may say for ``platform``: Netmiko's device types by operating system, over SSH and over telnet or a console server.
OVER_SSH: Mapping[str, tuple[str, ...]] = {system.os: system.over_ssh for system in SYSTEMS.values()}
OVER_TELNET: Mapping[str, tuple[str, ...]] = {system.os: system.over_telnet for system in SYSTEMS.values()}

#: Entries of ``connection_options`` whose extras are read here.
PLUGINS = ("nr_run", "netmiko")
#: These tune how Netmiko itself reads, in tasks of your own; nr-run waits for the prompt and has nothing that they could tune.
TUNING = ("delay_factor_compat", "fast_cli", "global_cmd_verify", "global_delay_factor")


class ConnectionSettings(Struct, frozen=True):
    """The settings of one device. Times are in seconds, None for nr-run's own; paths are absolute."""

    ssh_strict: bool = False
    system_host_keys: bool = True
    alt_host_keys: bool = True
    alt_key_file: str = ""
    #: A file; True for the user's own, which has to be there then; False for none; None for the user's own if it is there.
    ssh_config_file: str | bool | None = None
    use_keys: bool = False
    key_file: str = ""
    passphrase_ref: str = ""
    allow_agent: bool = False
    conn_timeout: float | None = None
    auth_timeout: float | None = None
    banner_timeout: float | None = None
    login_timeout: float | None = None
    answer_timeout: float | None = None
    username_prompt: str = ""
    password_prompt: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Mapping[str, Any] | None]) -> ConnectionSettings:
        """Settings out of the extras by name of the plugin; what else stands in them is not ours."""
        merged = {**(options.get("netmiko") or {}), **(options.get("nr_run") or {})}
        values = {name: value for name, value in merged.items() if name in cls.__struct_fields__}
        return cls(**{name: _expanded(name, value) for name, value in values.items()})


PATHS = ("alt_key_file", "key_file", "ssh_config_file")


def _expanded(name: str, value: Any) -> Any:
    return str(Path(value).expanduser()) if name in PATHS and isinstance(value, str) and value else value


def _truth(value: object) -> str:
    return "" if isinstance(value, bool) else "has to be true or false"


def _file(value: object) -> str:
    if not isinstance(value, str) or not value.startswith(("/", "~")):
        return "has to be the path of a file, from / or ~ on"
    path = Path(value).expanduser()
    try:
        with path.open("rb"):
            return ""
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"


def _config(value: object) -> str:
    return _file("~/.ssh/config" if value is True else value) if value is not False else ""


def _seconds(value: object) -> str:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 600
    return "" if good else "has to be a number of seconds, more than 0 and 600 at most"


def _pattern(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return "has to be a regular expression for the words that the device asks with"
    try:
        matches_nothing = re.compile(value).search("") is not None
    except re.error as error:
        return f"is no regular expression: {error}"
    return "matches an empty line, so a user name or a password would be typed anywhere" if matches_nothing else ""


def _reference(value: object) -> str:
    scheme, _, rest = str(value).partition(":")
    good = isinstance(value, str) and scheme in SCHEMES and bool(rest.strip())
    return "" if good else "has to say where the value is kept, as scheme:name (credential:NAME)"


class Setting(Struct, frozen=True):
    """What a setting may be (``wrong`` says what is wrong with a value, or nothing), its JSON type, and what it does."""

    wrong: Callable[[object], str]
    type: str | tuple[str, ...]
    does: str


SETTINGS: Mapping[str, Setting] = {
    "ssh_strict": Setting(_truth, "boolean", "Refuse a device whose SSH host key is not known yet, instead of keeping it."),
    "system_host_keys": Setting(
        _truth, "boolean", "Look into ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts (true unless said)."
    ),
    "alt_host_keys": Setting(_truth, "boolean", "Look into alt_key_file (true unless said)."),
    "alt_key_file": Setting(_file, "string", "A further file of known hosts."),
    "ssh_config_file": Setting(
        _config, ("string", "boolean"), "The ssh_config to follow; false for none. Without it ~/.ssh/config, if it is there."
    ),
    "use_keys": Setting(_truth, "boolean", "Offer the keys of ~/.ssh and those that ssh_config names."),
    "key_file": Setting(_file, "string", "Offer the key in this file."),
    "passphrase_ref": Setting(_reference, "string", "Where the passphrase of the key is kept."),
    "allow_agent": Setting(_truth, "boolean", "Offer the keys of the SSH agent."),
    "conn_timeout": Setting(_seconds, "number", "Seconds for the TCP connection."),
    "auth_timeout": Setting(_seconds, "number", "Seconds for the answer to an SSH login."),
    "banner_timeout": Setting(_seconds, "number", "Seconds for the SSH version of the device."),
    "login_timeout": Setting(_seconds, "number", "Seconds for each question of a login, and for the first prompt."),
    "answer_timeout": Setting(_seconds, "number", "Seconds that a device may say nothing before its session counts as lost."),
    "username_prompt": Setting(_pattern, "string", "How the device asks for the user name, beside the forms that are known."),
    "password_prompt": Setting(_pattern, "string", "How the device asks for a password, beside the forms that are known."),
}


def problems_in(plugin: str, extras: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every key that cannot be honoured, with what is wrong about it."""
    for name, value in extras.items():
        if name in SETTINGS:
            wrong = SETTINGS[name].wrong(value)
            if wrong:
                yield name, wrong
        elif not (plugin == "netmiko" and name in TUNING):
            yield name, f"is no setting that nr-run honours{hint(name, SETTINGS)}"
    if extras.get("alt_host_keys") is True and "alt_key_file" not in extras:
        yield "alt_host_keys", "needs alt_key_file beside it, which names the file"
    if "passphrase_ref" in extras and not extras.get("key_file") and not extras.get("use_keys"):
        yield "passphrase_ref", "needs key_file or use_keys beside it: no key would be opened with it"
