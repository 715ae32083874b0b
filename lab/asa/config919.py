"""The configuration commands of ASA 9.19(1): those of 9.1 without the weak algorithms, and the event manager.

Sources: the 9.15 and 9.16 release notes (DES, 3DES, MD5 and the groups 2 and 24 are removed, group 5 is deprecated), the 9.19
command reference; the event manager is of 9.2(1).
"""

from __future__ import annotations

from ..core.forms import Form
from . import config as common
from . import config84 as before

MACROS = before.MACROS
PROMPTS = before.PROMPTS | {"applet": "(config-applet)"}

_EVENTS = (
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

FORMS = (
    *before.SHARED,
    *common.policy_forms("crypto ikev1", "aes|aes-192|aes-256", "sha", "5|14"),
    *common.transform_forms(
        "crypto ipsec ikev1 transform-set",
        "ikev1 transform-set",
        "esp-aes|esp-aes-192|esp-aes-256|esp-sha-hmac|esp-none",
        "group5|group14|group15|group16|group19|group20|group21",
    ),
    *_EVENTS,
)
