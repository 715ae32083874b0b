"""The table of commands that the parsers read: one entry per command and OS."""

from __future__ import annotations

from . import ios
from .command import Command

COMMANDS: tuple[Command, ...] = (*ios.COMMANDS,)
