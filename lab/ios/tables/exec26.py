"""The exec commands of IOS-XE 26.1 that the boxes play: those of IOS-XE 17, and what tells of insecure configuration.

Source of the words and forms: genieparser's parsers of `show system security mode` and `show system insecure configuration`. Its
`show system insecure profile`, the table of what the box refuses, is not played.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from . import exec17 as before

EXECS = (
    *before.EXECS,
    ExecForm("show system security mode", "show_security_mode", 1),
    ExecForm("show system insecure configuration", "show_insecure", 1),
    ExecForm("show system insecure profile", "not_played", 1),
)
