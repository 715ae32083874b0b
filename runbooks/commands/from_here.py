"""Which commands reach devices from the machine on which they are typed alone, and why; every other one takes --scheduler."""

from __future__ import annotations

from collections.abc import Mapping

#: Name of a command, or of one with an option that decides it, to the reason. A command that is not here reaches its devices
#: from workers as well, or asks none.
FROM_HERE: Mapping[str, str] = {
    "audit-vpn-phone --fix": "a fix is one change of one device by safe_change(), which keeps its session in its own process; an "
    "audit alone takes --scheduler",
    "renew-phone-certificate": "it is one change of one device by safe_change(), which keeps its session in its own process",
}


def refusal(command: str) -> str:
    """The sentence with which --scheduler is refused."""
    return f"{command} reaches the devices from this machine alone: {FROM_HERE[command]}; leave --scheduler out"


def help_text(command: str) -> str:
    """What --help of a command says of it."""
    return f"Not over the workers of a Dask cluster: {FROM_HERE[command]}."
