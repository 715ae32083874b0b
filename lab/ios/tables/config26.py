"""The configuration commands of IOS-XE 26.1 that the boxes know: those of IOS-XE 17, and the mode that takes insecure lines.

Source: Cisco's "Insecure Feature Restrictions on IOS XE" and the release notes of 26.1.x: what is insecure is refused until
`system mode insecure` is configured. See `insecure` for the lines.
"""

from __future__ import annotations

from ...core.configuration.forms import Form
from . import config17 as before
from .config124 import revised

MACROS = before.MACROS
PROMPTS = before.PROMPTS

FORMS = revised(
    before.FORMS,
    {
        ("config", "platform console"): (
            Form("config", "platform console {auto|serial|virtual}", "platform console"),
            Form("config", "system mode insecure", "system mode"),
        ),
    },
)
