"""The exec commands of IOS 15.4(3)M that the boxes play: those of 12.4, and the configuration that reverts by itself.

`reload` names its reason even when none was given; that it says nothing else before it asks is from a session on 15.4(3)M4.
"""

from __future__ import annotations

from ...core.configuration.forms import ExecForm
from ...features import feature_execs, watch_shows
from . import exec124 as before
from . import known

_BEFORE = [form for form in before.EXECS if not form.syntax.startswith("clear crypto session")]
_REPLACED = {"reload": "reload_with_reason", "show_ip_route": "show_ip_route_local"}

EXECS = (
    *(
        ExecForm(form.syntax, _REPLACED.get(form.run, form.run), form.level)
        for form in before.EXECS
        if not form.syntax.startswith(("clear crypto session", *watch_shows.REPLACED))
    ),
    *watch_shows.EXECS,
    ExecForm("configure terminal revert timer <1-120:minutes>", "configure_revert_timer"),
    ExecForm("configure terminal revert timer idle <line:rest>", "not_played"),
    ExecForm("configure confirm", "configure_confirm"),
    ExecForm("configure revert now", "configure_revert_now"),
    ExecForm("configure revert timer <1-120:minutes>", "configure_revert_again"),
    ExecForm("show archive config rollback timer", "show_rollback_timer"),
    *feature_execs.EXECS,
    *known.execs(known.EXECS_154),
)
