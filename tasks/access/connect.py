"""Let a Nornir's hosts log in with secrets of one store; what Nornir's own data says is enough without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from nornir.core import Nornir

from ...inventory.files.unknown_host import refuse_unknown
from ...inventory.hiding.secrets import Secrets
from ..device import log_in_by
from .credentials import login_of

__all__ = ["connect"]


def connect(nornir: Nornir, secrets: Secrets | None = None, hosts: Iterable[str] | None = None) -> Nornir:
    """The same Nornir, whose connection ``netmiko`` is ours from the first task on, Netmiko's own tasks included.

    Nothing is connected yet. Without it a host's connection becomes ours with the first task of nr-run. ``secrets`` resolves the
    references of the hosts (``username_ref``...) in folders of its own; ``hosts`` are those of all hosts where none are named.
    Raises IntentError for a host that does not say how to log in.
    """
    names = list(nornir.inventory.hosts) if hosts is None else list(hosts)
    refuse_unknown(names, nornir.inventory.hosts)
    for name in names:
        host = nornir.inventory.hosts[name]
        login = login_of(host)
        log_in_by(host, replace(login, secrets=_joined(login.secrets, secrets)) if secrets else login)
    return nornir


def _joined(own: Secrets, given: Secrets) -> Secrets:
    """The given store, in which what stands at the host in clear is known as well."""
    known = own.export()
    return Secrets.restored(
        {
            "salt": given.export()["salt"],
            "values": {**given.export()["values"], **known["values"]},
            "names": {**given.export()["names"], **known["names"]},
        },
        given.folders,
    )
