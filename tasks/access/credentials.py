"""Who logs in to a device, and how it is reached: by reference for nr-run itself, or with what a Nornir host has in clear.

A password that stands at a Nornir host is kept under a reference of its own at once, so that it is hidden wherever it comes up.
"""

from __future__ import annotations

import hashlib
import re
import secrets as random_source
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from nornir.core.inventory import Host

from ...inventory.errors import IntentError
from ...inventory.files.connection_settings import OVER_SSH, OVER_TELNET, PLUGINS, ConnectionSettings
from ...inventory.files.did_you_mean import hint
from ...inventory.hiding.secrets import Secrets, credential_folders
from ...inventory.systems import assumed
from ..sessions.dialects import IOS, Dialect
from .lease import Lease

#: Before Netmiko's name of a device type in ours: Netmiko's own driver keeps its name.
PREFIX = "nr_run_"
#: Other names under which inventories know these systems (NAPALM's, and those that people write).
ALIASES: Mapping[str, str] = {"ios": "cisco_ios", "iosxe": "cisco_xe", "asa": "cisco_asa"}
#: Device types to their operating system.
SYSTEMS: Mapping[str, str] = {name: os for table in (OVER_SSH, OVER_TELNET) for os, names in table.items() for name in names}
#: Equal keys have equal tokens on all devices of a process that log in without a run.
_SALT = random_source.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in: references only, so that no Nornir record or log ever holds a password."""

    secrets: Secrets
    username_ref: str
    password_ref: str
    enable_ref: str | None
    #: Netmiko's name of the device type, without our prefix.
    platform: str
    timeout_seconds: float = field(default=30.0)
    dialect: Dialect = IOS
    #: Of the run; the lines of its rollback timer are no part of a running configuration.
    tag: str = ""
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    #: Is given what a person has to hear of, a sentence with the name of the device each.
    tell: Callable[[str], None] = field(default=lambda _sentence: None)
    #: How long this process may type; of a far process the one that it has.
    lease: Lease = field(default_factory=Lease, compare=False)

    @property
    def is_telnet(self) -> bool:
        """True where nothing on the line is encrypted, and nobody proves who he is."""
        return self.platform.endswith("_telnet")


#: What a device said stands in quotes in our sentences.
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")


def sentence(secrets: Secrets, words: str) -> str:
    """A sentence of ours without secrets: known values anywhere, and what looks like one in the device's words that it quotes.

    Our own words are no configuration: to look for forms in them would hide what a person has to read.
    """
    known = secrets.hide_known(words)
    return _QUOTED.sub(lambda quote: f"{quote[0][0]}{secrets.hide(quote[0][1:-1])}{quote[0][-1]}", known)


def device_type(name: str, platform: str | None) -> str:
    """Netmiko's name of the device type that a host's ``platform`` means. Raises IntentError where it means none of ours."""
    plain = (platform or "").removeprefix(PREFIX)
    plain = ALIASES.get(plain, plain)
    if plain not in SYSTEMS:
        raise IntentError(f"{name}: platform {platform!r} is none that nr-run drives{hint(plain, SYSTEMS)}: {', '.join(SYSTEMS)}")
    return plain


def login_of(host: Host) -> Login:
    """How a Nornir host logs in: what connect() has put there, else references of its data, else its user name and password.

    Raises IntentError, one sentence that names everything that is missing.
    """
    options = {name: host.get_connection_parameters(name).extras or {} for name in PLUGINS}
    for extras in options.values():
        if isinstance(found := extras.get("login"), Login):
            return found
    at = host.get_connection_parameters("netmiko")
    references = {name: host.get(f"{name}_ref") for name in ("username", "password", "enable")}
    settings = ConnectionSettings.of(options)
    by_key = bool(settings.key_file or settings.use_keys or settings.allow_agent)
    missing = [
        words
        for words, there in (
            ("hostname", at.hostname),
            ("username (or username_ref in its data)", at.username or references["username"]),
            ("password (or password_ref in its data)", at.password or references["password"] or by_key),
            ("platform", at.platform),
        )
        if not there
    ]
    if missing:
        raise IntentError(
            f"{host.name}: cannot log in, missing at the host, in its groups and in the defaults: {', '.join(missing)}"
        )
    kind = device_type(host.name, at.platform)
    given = {"username": at.username, "password": at.password or "", "enable": options["netmiko"].get("secret")}
    passphrase = options["netmiko"].get("passphrase")
    return _made(host.name, kind, references, given, settings, passphrase)


def plain_login(name: str, kind: str, username: str, password: str, secret: str, arguments: dict[str, Any]) -> Login:
    """The login that Netmiko's own arguments describe; those that are ours are taken out of ``arguments``."""
    known = ConnectionSettings.__struct_fields__
    own = {item: arguments.pop(item) for item in known if item in arguments}
    if own.get("ssh_config_file") == str(Path("~/.ssh/config").expanduser()):
        # Nornir names it for every connection, whether it is there or not.
        del own["ssh_config_file"]
    passphrase = arguments.pop("passphrase", None)
    given = {"username": username, "password": password, "enable": secret}
    return _made(name, device_type(name, kind), {}, given, ConnectionSettings.of({"netmiko": own}), passphrase)


def _made(
    name: str,
    kind: str,
    references: Mapping[str, Any],
    given: Mapping[str, str | None],
    settings: ConnectionSettings,
    passphrase: str | None,
) -> Login:
    """A login by what stands there: a reference before a value in clear."""
    values: dict[str, str] = {}

    def kept(what: str, value: str) -> str:
        # Two hosts of one name, in two inventories of one process, have two references.
        # What stands behind the word for a password would be hidden in a record, and the reference be lost.
        reference = f"{name}:{hashlib.blake2b(value.encode(), key=_SALT, digest_size=4).hexdigest()}:{what}"
        values[Secrets.token(reference)] = value
        return reference

    user = references.get("username") or f"{name}:username"
    names = {} if references.get("username") else {user: given["username"] or ""}
    password = references.get("password") or kept("password", given["password"] or "")
    secret = given["enable"]
    enable = references.get("enable") or (kept("enable", secret) if secret else None)
    if passphrase and not settings.passphrase_ref:
        settings = replace(settings, passphrase_ref=kept("passphrase", passphrase))
    made = Secrets(credential_folders(), values, names, _SALT)
    return Login(made, user, password, enable, kind, dialect=assumed(SYSTEMS[kind]), settings=settings)
