"""VPN clients in a trial: somebody who connects until it works, and what a router has to hold for the group."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from nr_run.lab.core.errors import LabError
from nr_run.lab.entry import LabHandle

from .intended import Text, unmet, word
from .inventory import GROUP, POOL, SECRETS, USER


@contextmanager
def somebody_connects(lab: LabHandle, inside: str) -> Iterator[None]:
    """Meanwhile somebody at home tries to connect until it works, and sends; through every fault."""
    over = threading.Event()
    words = {"host": "hq", "group": GROUP, "key": SECRETS["staff-group-key"], "user": USER, "password": SECRETS["staff-jane"]}

    def try_again() -> None:
        while not over.is_set():
            with suppress(LabError, OSError):
                if lab.client("home", "status")["connected"] or lab.client("home", "connect", **words)["connected"]:
                    lab.client("home", "send", to=inside, count=2)
            over.wait(0.3)

    thread = threading.Thread(target=try_again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)


def missing_clients(text: Text, interface: str) -> list[str]:
    """What the configuration of a router lacks of the group, a few words each."""
    group = text.body(rf"crypto isakmp client configuration group {GROUP}")
    pool = word(group, r"pool (\S+)")
    bound = word(text.body(rf"interface {re.escape(interface)}"), r"crypto map (\S+)")
    head = rf"crypto map {re.escape(bound)} "
    users = word(text.flat, head + r"client authentication list (\S+)")
    groups = word(text.flat, head + r"isakmp authorization list (\S+)")
    return unmet(
        (
            ("the key of the group", bool({f"key {SECRETS['staff-group-key']}"} & {*group})),
            ("the pool", text.has(rf"ip local pool {re.escape(pool)} {POOL[0]} {POOL[1]}")),
            ("the user", text.has(rf"username {USER} (?:secret|password) .*")),
            ("the list of users", text.has(rf"aaa authentication login {re.escape(users)} local")),
            ("the list of groups", text.has(rf"aaa authorization network {re.escape(groups)} local")),
            ("addresses", text.has(head + "client configuration address respond")),
            ("the dynamic entry", text.has(head + r"\d+ ipsec-isakmp dynamic \S+")),
        )
    )
