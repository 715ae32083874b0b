"""The releases of the ASA: each row's tables put together and compiled."""

from __future__ import annotations

from ...core.configuration.forms import Form, Release, compile_release
from . import config, config82, config84, config92, config_bgp, config_ikev2, config_webvpn
from .exec_table import execs
from .generations import ROWS, Generation


def forms(row: Generation) -> tuple[Form, ...]:
    """Every configuration command of a release."""
    own = config82.FORMS if row.old else config84.FORMS
    events = config92.FORMS if row.applets else ()
    routers = config_bgp.FORMS if row.bgp else ()
    head_end = config_webvpn.forms(row)
    gone = config_bgp.REPLACED if row.bgp else ()
    common = tuple(form for form in config.FORMS if form.family not in gone and not config_webvpn.replaced(form))
    more = (*config.ikev1_forms(row), *config.group_policy_forms(row), *config_ikev2.forms(row))
    return (*head_end, *common, *own, *more, *events, *routers)


def _prompts(row: Generation) -> dict[str, str]:
    own = config82.PROMPTS if row.old else config84.PROMPTS
    return own | config_ikev2.PROMPTS | config92.PROMPTS | config_bgp.PROMPTS | config_webvpn.PROMPTS


def compiled(name: str) -> Release:
    """The release of that name; KeyError if there is no row for it."""
    row = ROWS[name]
    macros = config82.MACROS if row.old else config84.MACROS
    return compile_release(name, forms(row), execs(row), _prompts(row), macros)
