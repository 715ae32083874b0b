"""A real Netmiko client on the boxes."""

from __future__ import annotations

import pytest

from nr_run.lab.entry import LabHandle

from .telnet_client import credential

netmiko = pytest.importorskip("netmiko")


@pytest.mark.parametrize("device", ["vpn2611", "vpn3640"])
def test_netmiko_logs_in_and_reads(still: LabHandle, device: str) -> None:
    """The stock telnet driver logs in, takes privilege 15, finds the prompt and reads a long show without paging."""
    where = still.devices[device]
    connection = netmiko.ConnectHandler(
        device_type="cisco_ios_telnet",
        host=where.host,
        port=where.port,
        username="nr",
        password=credential(still, "device-password"),
        secret=credential(still, "enable-secret"),
    )
    try:
        connection.enable()
        assert connection.find_prompt() == f"{device}#"
        assert connection.send_command("show running-config").rstrip().endswith("end")
        assert "[OK]" in connection.save_config()
    finally:
        connection.disconnect()
