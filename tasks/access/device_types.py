"""Our drivers as Netmiko device types: Nornir's connection ``netmiko`` opens them like any other.

They have names of their own (``nr_run_cisco_ios``), so that ``cisco_ios`` stays what Netmiko has under that name.
"""

from __future__ import annotations

from netmiko.ssh_dispatcher import CLASS_MAPPER, platforms
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir_netmiko.connections import CONNECTION_NAME, Netmiko

from .credentials import PREFIX
from .drivers import DRIVERS

#: The Nornir connection on which the tasks of nr-run and those of nornir-netmiko work.
CONNECTION: str = CONNECTION_NAME


def register_device_types() -> None:
    """Make Netmiko know our device types, and Nornir its connection plug-in; what is known already stays as it is."""
    for name, driver in DRIVERS.items():
        CLASS_MAPPER.setdefault(f"{PREFIX}{name}", driver)
        if f"{PREFIX}{name}" not in platforms:
            platforms.append(f"{PREFIX}{name}")
    if CONNECTION not in ConnectionPluginRegister.available:
        ConnectionPluginRegister.register(CONNECTION, Netmiko)
