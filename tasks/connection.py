"""The Nornir connection ``nr_run``: one Netmiko session per device and run, with few round trips and no secret in any log.

Who logs in is known by reference only, so that no Nornir record holds a password.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from nornir.core.configuration import Config
from paramiko.ssh_exception import SSHException  # type: ignore[import-untyped]

from ..inventory.connection_settings import ConnectionSettings
from ..inventory.errors import SecretError, Unreachable
from ..inventory.secrets import Secrets
from .dialects import IOS, Dialect
from .drivers import DRIVERS, LOGIN_SECONDS, Driver
from .host_keys import HostKeys
from .session import Session
from .ssh_config import Reached, reached


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in: references only, so that no Nornir record or log ever holds a password."""

    secrets: Secrets
    username_ref: str
    password_ref: str
    enable_ref: str | None
    platform: str
    timeout_seconds: float = field(default=30.0)
    dialect: Dialect = IOS
    #: Of the run; its fence is no part of a running configuration.
    tag: str = ""
    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    #: Is given what a person has to hear of, a sentence with the name of the device each.
    tell: Callable[[str], None] = field(default=lambda _sentence: None)

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


def log_in(name: str, hostname: str | None, port: int | None, login: Login) -> Driver:
    """A driver at the first prompt that the login gives. Raises Unreachable or SecretError, which name the device."""
    place = Reached(hostname or name, port or 0)
    try:
        user = login.secrets.look_up(login.username_ref)
        place = place if login.is_telnet else reached(hostname or name, port, user, login.settings)
        return DRIVERS[login.platform](
            settings=login.settings,
            reached=place,
            host_keys=HostKeys(login.settings, _labs(login.secrets)),
            host=place.address,
            port=place.port or None,
            username=user,
            password=login.secrets.resolve(login.password_ref),
            device_type=login.platform,
            keys=_keys(login, place),
            **_times(login.settings),
        )
    except (SecretError, Unreachable) as error:
        raise type(error)(f"{name}: {sentence(login.secrets, str(error))}") from None
    except NetmikoAuthenticationException:
        raise Unreachable(f"{name}: the device refuses the user name or the password") from None
    except NetmikoTimeoutException as error:
        raise Unreachable(f"{name}: {place.address} port {place.port}: {_reason(error)}") from None
    except SSHException as error:
        # The password was taken, and then no session came: too many of them, or the device is on its way down.
        raise Unreachable(
            f"{name}: {place.address} port {place.port}: no session after the login ({error or type(error).__name__})"
        ) from None
    except EOFError:
        raise Unreachable(f"{name}: {place.address} port {place.port} closed the connection during the login") from None
    except TimeoutError:
        raise Unreachable(f"{name}: no answer from {place.address} port {place.port}") from None
    except OSError as error:
        reason = "its name does not resolve" if isinstance(error, socket.gaierror) else (error.strerror or "no connection")
        raise Unreachable(f"{name}: {place.address} port {place.port}: {reason}") from None


def _times(settings: ConnectionSettings) -> dict[str, float]:
    """What Netmiko is told of time, beside who logs in and where."""
    times = {"auth_timeout": settings.auth_timeout, "banner_timeout": settings.banner_timeout}
    given = {name: seconds for name, seconds in times.items() if seconds}
    return {"conn_timeout": settings.conn_timeout or LOGIN_SECONDS / 2, **given}


def _keys(login: Login, place: Reached) -> dict[str, Any]:
    """What Paramiko is told of keys: they are offered only where the inventory says so."""
    settings = login.settings
    files = [settings.key_file] if settings.key_file else []
    if settings.use_keys:
        files += [path for name in place.identities if Path(path := str(Path(name).expanduser())).is_file()]
    keys: dict[str, Any] = {
        "key_filename": files or None,
        "look_for_keys": settings.use_keys,
        "allow_agent": settings.allow_agent,
    }
    if settings.passphrase_ref:
        keys["passphrase"] = login.secrets.resolve(settings.passphrase_ref)
    return keys


def _labs(secrets: Secrets) -> tuple[Path, ...]:
    """Folders of rehearsal labs: whose credentials are used stands one above them."""
    return tuple(dict.fromkeys(folder.parent for folder in secrets.origins if folder.name == "credentials"))


#: In the text of Netmiko's error, before what Paramiko said itself.
_HEADING = "A paramiko SSHException occurred during connection creation:"


def _reason(error: NetmikoTimeoutException) -> str:
    """The lines of Netmiko's page-long message that say something, such as that the two sides have no algorithm in common."""
    text = str(error)
    lines = [line.strip() for line in text.partition(_HEADING)[2 if _HEADING in text else 0].splitlines() if line.strip()]
    if _HEADING in text:
        return " ".join(lines).rstrip(".") or "the SSH connection could not be made"
    telling = [line for line in lines if "ssh" in line.lower() or "banner" in line.lower()]
    return (telling or lines or ["no connection"])[0].rstrip(".")


class Cli:
    """Nornir connection plugin; ``get_connection("nr_run", ...)`` gives a Session at the privileged prompt."""

    connection: Session

    def open(
        self,
        hostname: str | None,
        username: str | None,  # noqa: ARG002 - Nornir's signature; user and password come by reference in extras
        password: str | None,  # noqa: ARG002 - as above
        port: int | None,
        platform: str | None,  # noqa: ARG002 - as above
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - as above
    ) -> None:
        """Connect, log in, become privileged and switch paging off. Raises Unreachable or SecretError."""
        login: Login = (extras or {})["login"]
        name: str = (extras or {})["name"]
        driver = log_in(name, hostname, port, login)
        if login.is_telnet:
            login.tell(f"{name}: telnet: nothing on this line is encrypted or authenticated")
        patience = login.settings.answer_timeout or login.timeout_seconds
        self.connection = Session(name, driver, login.secrets, patience, login.dialect, login.tag, login.settings, login.tell)
        try:
            self.connection.prepare(login.enable_ref)
        except BaseException:
            self.connection.close()  # nobody else will: without this, a refused enable keeps one of the few vtys
            raise

    def close(self) -> None:
        """Close the transport, which ends the vty."""
        self.connection.close()
