"""The table of commands that the parsers read: one entry per command and OS."""

from __future__ import annotations

from .command import Command
from .commands import asa_config, asa_crypto, asa_system, ios_crypto, ios_system

COMMANDS: tuple[Command, ...] = (
    *ios_crypto.COMMANDS,
    *ios_system.COMMANDS,
    *asa_crypto.COMMANDS,
    *asa_system.COMMANDS,
    *asa_config.COMMANDS,
)
