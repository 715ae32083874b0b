"""A login of one device outside of Nornir's own way, and the Nornir connection ``nr_run``, which gives a Session of its own.

Tasks use Nornir's connection ``netmiko`` (see device.py): one login serves them and Netmiko's own tasks.
"""

from __future__ import annotations

from typing import Any

from nornir.core.configuration import Config

from ..sessions.session import Session
from .credentials import Login as Login
from .credentials import device_type, plain_login
from .credentials import sentence as sentence
from .drivers import DRIVERS, Driver


def log_in(name: str, hostname: str | None, port: int | None, login: Login, *, privileged: bool = False) -> Driver:
    """A driver at the first prompt that the login gives, or at the privileged one.

    Raises Unreachable or SecretError, which name the device.
    """
    driver = DRIVERS[login.platform]
    return driver(login=login, name=name, privileged=privileged, host=hostname or name, port=port, device_type=login.platform)


class Cli:
    """Nornir connection plug-in; ``get_connection("nr_run", ...)`` gives a Session at the privileged prompt.

    It logs in by itself, beside the connection ``netmiko`` of the same host.
    """

    connection: Session

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - Nornir's signature
    ) -> None:
        """Connect, log in, become privileged. ``extras`` are Netmiko's arguments, or a ``login`` by reference.

        Raises Unreachable, SecretError or IntentError.
        """
        extras = dict(extras or {})
        name = str(extras.pop("name", "") or hostname or "")
        login = extras.pop("login", None)
        if not isinstance(login, Login):
            secret = str(extras.pop("secret", "") or "")
            kind = device_type(name, platform)
            login = plain_login(name, kind, username or "", password or "", secret, extras)
        opened = DRIVERS[login.platform](
            login=login, name=name, host=hostname or name, port=port, device_type=login.platform, **extras
        )
        self.connection = opened.at_prompt()

    def close(self) -> None:
        """Close the transport, which ends the vty."""
        self.connection.close()
