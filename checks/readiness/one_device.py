"""Do two names of an inventory lead to one device? Then two changes would meet on it, and each would undo the other's.

Only names that differ in their domain can: with any other one the device is not the one that the inventory means (precheck.py).
Two routers at two sites may have one name, so the serial number decides.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...inventory.errors import DriftError
from ...parsers import parse


def one_device(shown: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, DriftError]:
    """Host to the error, for each whose device is that of another host too; ``shown`` is operating system and outputs."""
    alike: dict[str, list[str]] = {}
    for host in sorted(shown):
        alike.setdefault(host.split(".")[0].lower(), []).append(host)
    found: dict[str, DriftError] = {}
    for hosts in alike.values():
        serials = {host: _serial(*shown[host]) for host in hosts} if len(hosts) > 1 else {}
        for host, serial in serials.items():
            same = [other for other, its in serials.items() if serial and its == serial]
            if len(same) > 1:
                words = f"{' and '.join(same)} are one device with the serial number {serial}: use one name for it in the intent"
                found[host] = DriftError(words)
    return found


def _serial(os: str, outputs: Mapping[str, str]) -> str | None:
    serial: str | None = parse(os, "show version", outputs["show version"]).state.serial
    return serial
