"""The public Nornir tasks: run on any Nornir, with any inventory and any runner (docs/how-to/library.md).

``result`` is plain data (dicts, lists, text, numbers), the typed record stands beside it as ``record``. ``changed`` says whether
the device holds something else afterwards (in a dry run: would hold), ``diff`` what, with tokens in the place of secrets. All
raise NrRunError, one sentence that names the device; Nornir puts it into the result's ``exception``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from ipaddress import IPv4Address
from typing import Any

from jinja2 import TemplateNotFound
from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result, Task
from nornir_jinja2.plugins.tasks import template_file

from ..changes.configurations.configuration import Configuration
from ..changes.objects import ConfigObject, read_desired
from ..changes.plans.change import Change
from ..changes.plans.plan import plan, plan_removal
from ..checks.observations.observation import Observation
from ..checks.observations.questions import IKE, IKEV2, IPSEC
from ..inventory.errors import ChangeError, NrRunError
from ..inventory.hiding.secrets import TOKEN, Secrets
from ..inventory.models.platforms import Platform
from ..parsers.fields.export import as_data
from ..templates.environment import jinja_env
from . import gather as _gather
from . import observe as _observe
from . import probe as _probe
from . import push as _push
from . import save as _save
from .access.credentials import login_of
from .answers import RUNNING, settled
from .device import Stop, session
from .platform_of import platform_of
from .undo import Undoing, undo

__all__ = ["gather", "observe", "probe", "push", "render", "save"]

#: How long a change that failed half-way is rolled back for.
PATIENCE_SECONDS, PAUSE_SECONDS = 90.0, 3.0


def gather(task: Task, platform: Platform | None = None) -> Result:
    """Read a device in one exchange: version, configurations, routes, SAs and pending timers.

    Arguments:
        platform: what the device can do; without it the host's ``model`` and ``release`` say so, or the device itself.

    Returns:
        Result object with the following attributes set:
          * result (``dict``): ``platform``, ``running`` and ``startup`` (text), ``outputs`` (by command), ``ike``, ``flows``,
            ``time``, ``doubts`` (sentences)
          * record (``Snapshot``): the same, typed
    """
    known = platform_of(task, platform)
    snapshot = _gather.gather(task, known).result
    plain = {
        "platform": str(known),
        "running": snapshot.running.text,
        "startup": snapshot.startup.text,
        "outputs": dict(snapshot.outputs),
        "doubts": list(snapshot.doubts),
        **_seen(snapshot.observation),
    }
    return Result(host=task.host, result=plain, record=snapshot)


def observe(task: Task) -> Result:
    """Read the SAs of a device.

    Returns:
        Result object with the following attributes set:
          * result (``dict``): ``time``, ``ike`` and ``ikev2`` (one dict an IKE SA; a version that the device does not know is
            left out) and ``flows`` (one dict a pair of selectors, with counters)
          * record (``Observation``): the same, typed
    """
    platform_of(task)
    seen, _ = _observe.observe(task).result
    return Result(host=task.host, result=_seen(seen), record=seen)


def _seen(seen: Observation) -> dict[str, Any]:
    """``flows`` are always asked for; the IKE SAs of a version are there where the device knows that version."""
    named = {"ike": IKE, "ikev2": IKEV2, "flows": IPSEC}
    found = {name: seen.answers[question.name] for name, question in named.items() if question.name in seen.answers}
    return {"time": seen.time, **{name: as_data(parsed.state) for name, parsed in found.items()}}


def probe(task: Task, source: str, target: str, count: int = 5, platform: Platform | None = None) -> Result:
    """Send a ping from one of the device's own addresses, which is what brings a crypto map tunnel up.

    Arguments:
        source, target: IPv4 addresses; ``source`` is one of an interface of the device.
        count: packets of 100 bytes.

    Returns:
        Result object with the following attributes set:
          * result (``dict``): ``sent``, ``received``, ``text``
    """
    known = platform_of(task, platform)
    record = _probe.probe(task, known, _address(task, source), _address(task, target), count).result
    plain = {"sent": record.sent, "received": record.received, "text": record.text}
    return Result(host=task.host, result=plain, record=record)


def _address(task: Task, text: str) -> IPv4Address:
    try:
        return IPv4Address(str(text))
    except ValueError:
        raise NrRunError(f"{task.host.name}: {text!r} is not an IPv4 address") from None


def render(task: Task, template: str, path: str | None = None, **words: Any) -> Result:
    """Fill a template with the host and ``words``: with our filters, and an error for a word that is not there.

    Arguments:
        template: its file name below ``path``, or below the templates of nr-run where no path is given.
        path: a folder of your own templates, searched before those of nr-run.

    Returns:
        Result object with the following attributes set:
          * result (``str``): the text
    """
    environment = jinja_env()
    if path is not None:
        from jinja2 import ChoiceLoader, FileSystemLoader

        own = [FileSystemLoader(path), *([environment.loader] if environment.loader else [])]
        environment = environment.overlay(loader=ChoiceLoader(own))
    try:
        done = task.run(template_file, template=template, jinja_env=environment, **words)
    except NornirSubTaskError as failed:
        error = failed.result.exception
        what = _why_not(error, template)
        raise NrRunError(f"{task.host.name}: template {template}: {what}") from None
    return Result(host=task.host, result=str(done.result))


def _why_not(error: BaseException | None, template: str) -> str:
    """Jinja's error as a sentence; of a template that is missing, Jinja says the name and nothing else."""
    if isinstance(error, TemplateNotFound):
        return "there is no such template" + ("" if error.name == template else f": {error.name}, which it includes")
    return str(error)


def push(task: Task, desired: str = "", remove: str = "", dry_run: bool | None = None) -> Result:
    """Add the objects of ``desired`` to the device, or remove those of ``remove``; nothing else is touched.

    What is there already stays; an object of that name with other content is somebody else's, and refused. Secrets may stand as
    ``<secret:REFERENCE>``. What the device refuses half-way is rolled back before the error is raised.

    Arguments:
        desired, remove: configuration text as the device shows it.
        dry_run: plan only.

    Returns:
        Result object with the following attributes set:
          * result (``dict``): ``forward`` and ``inverse`` (text to paste), ``touches`` and ``stays`` (sentences), ``before`` and
            ``after`` (running configurations)
          * changed (``bool``), diff (``str``)
          * record (``Change``): the plan, typed
    """
    before = settled(task, RUNNING)
    change = _planned(task, desired, remove, before)
    plain = {
        "forward": change.forward_text,
        "inverse": change.inverse_text,
        "touches": list(change.blast_radius),
        "stays": list(change.stays),
        "before": before.text,
        "after": before.text,
    }
    if not change or task.is_dry_run(dry_run):
        return Result(host=task.host, result=plain, changed=bool(change), diff=_planned_diff(change), record=change)
    try:
        after: Configuration = _push.push(task, change, Stop(), _silent).result
    except NrRunError as error:
        raise type(error)(f"{error}; {_taken_back(task, change, before)}") from None
    plain["after"] = after.text
    diff = _diff("running-config", before.text, after.text)
    return Result(host=task.host, result=plain, changed=not after.equals(before), diff=diff, record=change)


def _planned(task: Task, desired: str, remove: str, before: Configuration) -> Change:
    host, os = task.host.name, session(task).dialect.os
    if bool(desired.strip()) == bool(remove.strip()):
        raise NrRunError(f"{host}: push takes a text to add (desired) or one to remove (remove), not both")
    secrets = login_of(task.host).secrets
    try:
        if desired.strip():
            return plan(host, os, with_tokens(secrets, desired), before.text)
        return plan_removal(host, os, read_desired(os, with_tokens(secrets, remove)).objects.values(), before.text)
    except ChangeError as error:
        words = str(error)
        raise ChangeError(words if words.startswith(f"{host}: ") else f"{host}: {words}") from None


def with_tokens(secrets: Secrets, text: str) -> str:
    """A key in clear becomes a token, a reference becomes that of its value."""
    for token in dict.fromkeys(TOKEN.findall(text)):
        if token.startswith("<secret:"):
            text = text.replace(token, secrets.preshared_key(token.removeprefix("<secret:").removesuffix(">")))
    return secrets.hide(text)


def _silent(*_words: object, **_more: object) -> None:
    """Nobody is told of the steps: the journal of a safe change does that (runbooks/safe_change.py)."""


def _taken_back(task: Task, change: Change, before: Configuration) -> str:
    try:
        undone = undo(task, Undoing(change, before, True, _silent), PATIENCE_SECONDS, PAUSE_SECONDS).result
    except NrRunError as error:
        return f"and rolling it back failed, so manual steps are needed: {error}"
    if undone.clean:
        return "it was rolled back, and nothing of the change is left"
    return "it was rolled back, and the device is not what it was: manual steps are needed"


def save(task: Task, dry_run: bool | None = None) -> Result:
    """Save the running configuration, and see that a reload would bring back exactly what runs.

    Returns:
        Result object with the following attributes set:
          * result (``dict``): ``saved`` (was anything written) and ``equal`` (startup is what runs)
          * changed (``bool``), diff (``str``): of the startup configuration
    """
    commands = session(task).dialect
    shown = settled(task, _save.HELD)
    if shown.equal or task.is_dry_run(dry_run):
        diff = _diff(commands.startup, shown.startup.text, shown.running_as_saved.text)
        plain = {"saved": False, "equal": shown.equal}
        return Result(host=task.host, result=plain, changed=not shown.equal, diff="" if shown.equal else diff, record=shown)
    saved = _save.save(task).result
    diff = _diff(commands.startup, shown.startup.text, saved.startup.text)
    return Result(host=task.host, result={"saved": True, "equal": saved.equal}, changed=True, diff=diff, record=saved)


def _diff(what: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"{what} before", f"{what} after", lineterm="", n=0)
    return "".join(f"{line}\n" for line in lines)


def _planned_diff(change: Change) -> str:
    """What would be there and would be gone; the place of a line is the device's to choose."""
    gone = (*change.removed, *(edit.before for edit in change.edited))
    come = (*change.created, *(edit.after for edit in change.edited))
    return "".join((*_lines("-", gone), *_lines("+", come)))


def _lines(sign: str, items: Iterable[ConfigObject]) -> Iterable[str]:
    return (f"{sign}{line}\n" for item in items for node in item.nodes for line in node.text.splitlines())
