"""What `aaa new-model` brings and what is not known without it (12.2 security command reference, authentication commands)."""

from __future__ import annotations

from ...core.configuration.edit import Edit, Misread
from ...core.configuration.forms import Form
from ...core.configuration.store import Entry, Store

_SESSION = Form("config", "aaa session-id {common|unique}", "aaa session-id")


def is_on(store: Store) -> bool:
    """Whether logins go by lists."""
    entry = store.get("aaa new-model")
    return entry is not None and not entry.text.startswith("no ")


def aaa_model(edit: Edit) -> None:
    """On or off; the default is not shown."""
    if edit.negated:
        edit.clear()
    else:
        edit.put()
    session_id(edit)


def session_id(edit: Edit) -> None:
    """With `aaa new-model` comes `aaa session-id common`, and goes with it."""
    if edit.negated:
        edit.home.pop((_SESSION.family, ()), None)
    else:
        edit.home.setdefault((_SESSION.family, ()), Entry(_SESSION, (), "aaa session-id common", {}))


def aaa_list(edit: Edit) -> None:
    """Without `aaa new-model` the release does not know the word behind `aaa`."""
    if not is_on(edit.box.store):
        raise Misread(edit.values["line"].split()[1])
    if edit.negated:
        edit.clear()
    else:
        edit.put()
