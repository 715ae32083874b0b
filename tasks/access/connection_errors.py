"""What goes wrong on the way to a device, as one sentence that names the device and holds no secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from paramiko.ssh_exception import SSHException  # type: ignore[import-untyped]

from ...inventory.errors import SecretError, Unreachable
from ...inventory.hiding.secrets import Secrets
from .credentials import sentence
from .ssh_config import Reached


@contextmanager
def in_sentences(name: str, secrets: Secrets, place: Reached) -> Iterator[None]:
    """Raise what Netmiko, Paramiko and the system raise in here as Unreachable, or as the SecretError that it is."""
    where = f"{name}: {place.address} port {place.port}"
    try:
        yield
    except (SecretError, Unreachable) as error:
        raise type(error)(_named(name, sentence(secrets, str(error)))) from None
    except NetmikoAuthenticationException:
        raise Unreachable(f"{name}: the device refuses the user name or the password") from None
    except NetmikoTimeoutException as error:
        raise Unreachable(f"{where}: {_reason(error)}") from None
    except SSHException as error:
        # The password was taken, and then no session came: too many of them, or the device is on its way down.
        raise Unreachable(f"{where}: no session after the login ({error or type(error).__name__})") from None
    except EOFError:
        raise Unreachable(f"{where} closed the connection during the login") from None
    except TimeoutError:
        raise Unreachable(f"{name}: no answer from {place.address} port {place.port}") from None
    except OSError as error:
        reason = "its name does not resolve" if isinstance(error, socket.gaierror) else (error.strerror or "no connection")
        raise Unreachable(f"{where}: {reason}") from None


def _named(name: str, words: str) -> str:
    return words if words.startswith(f"{name}: ") else f"{name}: {words}"


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
