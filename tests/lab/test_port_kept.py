"""The port of a box stays that of the box while it boots."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ..warm import start_lab
from .firewalls import back, open_asa
from .tunnels import eventually


def _listens(number: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", number)) == 0


def test_nobody_else_gets_the_port_of_a_box_that_boots(tmp_path: Path) -> None:
    """While it accepts nothing its number is taken: another lab would listen there, and a login would end on its device."""
    with start_lab(tmp_path / "lab", devices={"asa91": "asa91"}, speed=30) as lab:
        number = lab.devices["asa91"].port
        with open_asa(lab, "asa91") as line:
            line.send("reload noconfirm\r")
            line.until_closed()
        eventually(lambda: not _listens(number))
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="Address already in use"):
                other.bind(("127.0.0.1", number))
        with back(lab, "asa91") as line:
            assert "9.1" in line.ask("show version")
