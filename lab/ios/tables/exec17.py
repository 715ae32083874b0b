"""The exec commands of IOS-XE 17 that the boxes play: those of IOS 15.4.

`reload in` takes its reason after a keyword and says when and by whom before it asks (a session on IOS-XE of 2020). Kron is still
there, from memory.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from ...features import flexvpn_shows
from . import exec154 as before

_RELOAD = ("reload [<line:reason>]", "reload in <word:when> [<line:reason>]")

EXECS = (
    *(form for form in before.EXECS if form.syntax not in (*_RELOAD, "tclsh [<line:rest>]")),
    ExecForm("reload [reason <line:reason>]", "reload_named"),
    ExecForm("reload in <word:when> [reason <line:reason>]", "reload_named"),
    *flexvpn_shows.EXECS,
    ExecForm("tclsh", "tclsh"),
)
