"""What the device of a task can do: as its host says, or as the device says itself."""

from __future__ import annotations

from nornir.core.task import Task

from ..inventory.errors import IntentError, NotKnown
from ..inventory.files.hosts import models_of
from ..inventory.models.platforms import Platform, platform_for
from ..parsers import parse
from .device import read, session
from .sessions.dialects import dialect_of

_VERSION = "show version"


def platform_of(task: Task, given: Platform | None = None) -> Platform:
    """``given``, or that of ``model`` and ``release`` in the host's data, or what ``show version`` of the device names.

    The session speaks the dialect of it from now on. Raises IntentError for a model or release that the table does not have,
    NotKnown where the device does not say what it is.
    """
    host, device = task.host, session(task)
    found = given
    if found is None:
        model, release = host.get("model"), host.get("release")
        if not (model and release):
            model, release = _told(task)
        try:
            found = platform_for(str(model), str(release), models_of(task.nornir))
        except IntentError as error:
            raise IntentError(f"{host.name}: {error}") from None
    if found.os != device.dialect.os:
        raise IntentError(f"{host.name}: platform {host.platform} is no {found.os.upper()}, and {found} is one")
    device.dialect = dialect_of(found)
    return found


def _told(task: Task) -> tuple[str, str]:
    device = session(task)
    if _VERSION not in device.remembered:
        device.remembered[_VERSION] = read(task, [_VERSION])[0].text
    shown = parse(device.dialect.os, _VERSION, device.remembered[_VERSION]).state
    model = device.dialect.model or shown.model
    if not model:
        raise NotKnown(f"{device.name}: show version names no model; write model and release into the host's data")
    return model, shown.version
