"""The event manager of an ASA, which came with 9.2(1).

Source: the 9.19 command reference.
"""

from __future__ import annotations

from ...core.configuration.forms import Form

PROMPTS = {"applet": "(config-applet)"}

FORMS = (
    Form("config", "event manager applet <word:name>", "applet", ("name",), enters="applet", hook="applet"),
    Form("applet", "description ~ <line:text>", "description"),
    Form("applet", "event none", "event none"),
    Form("applet", "event timer countdown ~ time <1-604800:seconds>", "countdown", hook="countdown"),
    Form("applet", "event timer {watchdog|absolute} <line:rest>", "timer", hook="not_played"),
    Form("applet", "event {syslog|crashinfo} <line:rest>", "event", hook="not_played"),
    Form("applet", "action <0-2147483647:n> ~ cli command <line:command>", "action", ("n",), hook="action"),
    Form(
        "applet",
        "output ~ {none|console|file {new|overwrite <word:file>|append <word:file>|rotate <2-100:n>}}",
        "output",
        hook="output",
    ),
)
