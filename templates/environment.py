"""One Jinja environment for everything that is rendered: what a service plans, and what a runbook renders on a host."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .words import FILTERS, FOLDER


@cache
def jinja_env() -> Environment:
    """The environment, one for the process: a template is compiled once, not for each member of each deployment.

    A name that a template uses and nobody gives is an error (``StrictUndefined``). Hand it to nornir-jinja2's tasks as their
    ``jinja_env``, so that a runbook has the same filters.
    """
    made = Environment(  # noqa: S701 - Cisco configuration, not HTML
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, auto_reload=False
    )
    made.filters.update(FILTERS)
    return made


def fill(template: str, **words: Any) -> str:
    """A template, by its path below ``templates/``, filled with words. Raises jinja2's TemplateError."""
    return jinja_env().get_template(template).render(**words)
