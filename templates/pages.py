"""Pages for a browser: the same Jinja, with every text escaped."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .words import FOLDER


@cache
def page_env() -> Environment:
    """The environment of pages, one for the process. What stands in an expression is text, never markup."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def fill_page(template: str, **words: Any) -> str:
    """A page, by its path below ``templates/``, filled with words. Raises jinja2's TemplateError."""
    return page_env().get_template(template).render(**words)
