"""The Nornir connection ``nr_run``: one Netmiko session per device and run, with few round trips and no secret in any log.

Who logs in is known by reference only, so that no Nornir record holds a password.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Any

from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from nornir.core.configuration import Config
from paramiko.ssh_exception import SSHException  # type: ignore[import-untyped]

from ..inventory.errors import SecretError, Unreachable
from ..inventory.secrets import Secrets
from .dialects import IOS, Dialect
from .drivers import DRIVERS, LOGIN_SECONDS, Driver
from .session import Session


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


def log_in(name: str, hostname: str | None, port: int | None, login: Login) -> Driver:
    """A driver at the first prompt that the login gives. Raises Unreachable or SecretError, which name the device."""
    try:
        return DRIVERS[login.platform](
            host=hostname or name,
            port=port,
            username=login.secrets.look_up(login.username_ref),
            password=login.secrets.resolve(login.password_ref),
            device_type=login.platform,
            conn_timeout=LOGIN_SECONDS / 2,
        )
    except (SecretError, Unreachable) as error:
        raise type(error)(f"{name}: {error}") from None
    except NetmikoAuthenticationException:
        raise Unreachable(f"{name}: the device refuses the user name or the password") from None
    except NetmikoTimeoutException as error:
        raise Unreachable(f"{name}: {hostname} port {port}: {_reason(error)}") from None
    except SSHException as error:
        # The password was taken, and then no session came: too many of them, or the device is on its way down.
        raise Unreachable(
            f"{name}: {hostname} port {port}: no session after the login ({error or type(error).__name__})"
        ) from None
    except EOFError:
        raise Unreachable(f"{name}: {hostname} port {port} closed the connection during the login") from None
    except TimeoutError:
        raise Unreachable(f"{name}: no answer from {hostname} port {port}") from None
    except OSError as error:
        reason = "its name does not resolve" if isinstance(error, socket.gaierror) else (error.strerror or "no connection")
        raise Unreachable(f"{name}: {hostname} port {port}: {reason}") from None


def _reason(error: NetmikoTimeoutException) -> str:
    """The line of Netmiko's page-long message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "ssh" in line.lower() or "banner" in line.lower() or "acceptable" in line.lower()]
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
        self.connection = Session(name, driver, login.secrets, login.timeout_seconds, login.dialect, login.tag)
        try:
            self.connection.prepare(login.enable_ref)
        except BaseException:
            self.connection.close()  # nobody else will: without this, a refused enable keeps one of the few vtys
            raise

    def close(self) -> None:
        """Close the transport, which ends the vty."""
        self.connection.close()
