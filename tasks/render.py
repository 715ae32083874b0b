"""Render a template on a host: nornir-jinja2's task, with the environment that nr-run plans with.

Planning itself needs no host and calls the environment as a pure function (``templates/environment.py``). This task is for
runbooks, ours or a user's: the host and its inventory data are at hand in the template, as nornir-jinja2 has them.
"""

from __future__ import annotations

from typing import Any

from jinja2 import TemplateError
from nornir.core.task import Result, Task
from nornir_jinja2.plugins.tasks import template_file, template_string

from ..inventory.errors import ChangeError
from ..templates.environment import jinja_env


def render(task: Task, template: str = "", text: str = "", **words: Any) -> Result:
    """Nornir task. ``result`` is the rendered text of ``template``, a path below ``templates/``, or of ``text`` itself.

    In it stand ``host``, the ``words``, and the filters of nr-run (``ios_address``, ``asa_address``...). Nothing is sent.
    Raises ChangeError when there is no such template, it is no Jinja, or it needs a word that nobody gave.
    """
    try:
        if template:
            made = template_file(task, template=template, jinja_env=jinja_env(), **words)
        else:
            made = template_string(task, template=text, jinja_env=jinja_env(), **words)
    except TemplateError as error:
        raise ChangeError(f"{task.host.name}: {template or 'the text'} cannot be rendered: {error}") from None
    return Result(host=task.host, result=str(made.result))
