"""The lines of probes, track objects, prefix lists and policy routing that IOS 15.4 and IOS-XE take, with the rules of each.

Sources: the IP SLAs, IP Application Services and IP Routing command references of IOS 15M&T: the kind of an operation opens a
sub-mode in the place of the first one, a raw request takes every line as it is until `exit`, an operation that is scheduled takes
no line any more; of frequency, timeout and threshold none may be longer than the one before. The words about illegal values are
from memory.
"""

from __future__ import annotations

from collections.abc import Callable

from ..core.configuration.edit import Edit, Refused
from ..core.configuration.forms import Form
from ..core.configuration.store import Entry, Store

PROMPTS = {
    "ip-sla": "(config-ip-sla)",
    "ip-sla-echo": "(config-ip-sla-echo)",
    "ip-sla-tcp": "(config-ip-sla-tcp)",
    "ip-sla-http": "(config-ip-sla-http)",
    "ip-sla-http-rr": "(config-ip-sla-http-rr)",
    "track": "(config-track)",
}
RUNNING = (
    "Entry already running and cannot be modified",
    "        Only can delete (no) and start over",
    "        (check to see if the probe has finished exiting)",
)
_KINDS = ("ip-sla-echo", "ip-sla-tcp", "ip-sla-http")
_LIFE = "life {forever|<0-2147483647:seconds>}:life"
_START = "start-time {now|pending}:start"
#: What each value is where nothing is said: seconds, and milliseconds.
DEFAULTS = {"frequency": 60, "timeout": 5000, "threshold": 5000}

OPERATIONS = (
    Form("config", "ip sla <1-2147483647:n>", "sla", ("n",), enters="ip-sla", hook="sla_operation"),
    Form("config", f"ip sla schedule <1-2147483647:n> ~ {_LIFE} {_START}", "sla schedule", ("n",), hook="sla_schedule"),
    Form("config", f"ip sla schedule <1-2147483647:n> {_START} [{_LIFE}]", "sla schedule", ("n",), hook="sla_schedule"),
    Form("config", "ip sla reaction-configuration <1-2147483647:n> <line:rest>", "sla reaction", ("line",)),
    Form("config", "ip sla {responder|group|auto|logging|restart|enable|key-chain} [<line:rest>]", "no sla", hook="not_played"),
    Form(
        "ip-sla",
        "icmp-echo <ip:target> [{source-ip <ip:source>|source-interface <if:interface>}]",
        "sla kind",
        enters="ip-sla-echo",
        off="none",
        instead=True,
        hook="sla_kind",
    ),
    Form(
        "ip-sla",
        "tcp-connect <ip:target> <1-65535:port> [source-ip <ip:source>] [control {enable|disable}:control]",
        "sla kind",
        enters="ip-sla-tcp",
        off="none",
        instead=True,
        hook="sla_kind",
    ),
    Form(
        "ip-sla",
        "http {raw|get}:method [url] <word:url> [source-ip <ip:source>]",
        "sla kind",
        enters="ip-sla-http",
        off="none",
        instead=True,
        hook="sla_kind",
    ),
    Form("ip-sla-http", "http-raw-request", "sla raw", enters="ip-sla-http-rr", hook="sla_raw", closes=" exit"),
    Form("ip-sla-http-rr", "<line:text>", "raw line", ("n",), off="none", hook="sla_raw_line"),
    *(Form(mode, "tag ~ <word:tag>", "sla tag", hook="sla_value") for mode in _KINDS),
    *(Form(mode, "threshold ~ <0-60000:value>", "threshold", hook="sla_value") for mode in _KINDS),
    *(Form(mode, "timeout ~ <0-604800000:value>", "timeout", hook="sla_value") for mode in _KINDS),
    *(Form(mode, "frequency ~ <1-604800:value>", "frequency", hook="sla_value") for mode in _KINDS),
)
TRACKS = (
    Form("config", "track <1-1000:n> ~ ip sla <1-2147483647:operation> [{reachability|state}:aspect]", "track", ("n",),
         enters="track", hook="track"),
    Form("config", "track <1-1000:n> {interface|ip route|list|stub-object|application} [<line:rest>]", "no track",
         hook="not_played"),
    Form("track", "delay ~ up <0-180:up> [down <0-180:down>]", "delay", hook="track_delay"),
    Form("track", "delay down <0-180:down> [up <0-180:up>]", "delay", hook="track_delay"),
)  # fmt: skip
PREFIXES = (
    Form(
        "config",
        "ip prefix-list <word:name> seq <1-4294967294:seq> ~ {permit|deny}:action <word:prefix> [ge <1-32:ge>] [le <1-32:le>]",
        "prefix-list",
        ("name", "seq"),
    ),
)
CLAUSES = (
    Form("route-map", "match ip address prefix-list <word:name>", "match prefix", ("name",)),
    Form("route-map", "set ip next-hop verify-availability <ip:via> <1-65535:order> track <1-1000:track>", "verify", ("order",)),
    Form("route-map", "set ip next-hop <ip:via>", "set ip next-hop", ("via",)),
    Form("route-map", "set interface ~ <if:name>", "set interface"),
)
POLICY = (Form("interface", "ip policy route-map ~ <word:map>", "policy"),)


def scheduled(store: Store, number: str) -> Entry | None:
    """The schedule of an operation; None for one that is not at work."""
    return store.get("sla schedule", number)


def operation(edit: Edit) -> None:
    """An operation that is scheduled goes with its schedule, and cannot be entered."""
    number = edit.values["n"]
    if edit.negated:
        edit.clear()
        edit.box.store.root.pop(("sla schedule", (number,)), None)
        return
    if scheduled(edit.box.store, number) is not None:
        raise Refused(*RUNNING)
    edit.entered = edit.put(f"ip sla {number}")


def kind(edit: Edit) -> None:
    """The kind of an operation is said once; what is said of it then stands beside it."""
    assert edit.section is not None
    stored = edit.existing
    text = edit.values["line"].replace(" url ", " ").removesuffix(" control enable")
    if stored is not None and stored.text != text:
        raise Refused("%Cannot change operation type; delete the entry and start over")
    edit.put(text)
    edit.entered = edit.section


def raw(edit: Edit) -> None:
    """A request that is typed takes the place of the one before."""
    edit.clear()
    if not edit.negated:
        edit.entered = edit.put("http-raw-request")


def raw_line(edit: Edit) -> None:
    """Every line is one of the request."""
    edit.values["n"] = str(len(edit.home))
    edit.put(edit.values["text"])


def value(edit: Edit) -> None:
    """A value of an operation; the default is not shown, and what does not fit the others is refused."""
    name = edit.form.family
    if edit.negated:
        edit.clear()
        return
    if name in DEFAULTS:
        _refuse_illegal(edit.section, name, int(edit.values["value"]))
    if name in DEFAULTS and int(edit.values["value"]) == DEFAULTS[name]:
        edit.clear()
    else:
        edit.put()


def number_of(entry: Entry | None, name: str) -> int:
    """A value of an operation: seconds of its frequency, milliseconds of the others."""
    line = entry.child(name) if entry is not None else None
    return int(line.values["value"]) if line is not None else DEFAULTS[name]


def _refuse_illegal(entry: Entry | None, name: str, new: int) -> None:
    now = {**{other: number_of(entry, other) for other in DEFAULTS}, name: new}
    if now["threshold"] > now["timeout"]:
        words = "Threshold to be greater than Timeout" if name == "threshold" else "Timeout to be less than Threshold"
        raise Refused(f"%Illegal Value: Cannot set {words}")
    if now["timeout"] > 1000 * now["frequency"]:
        words = "Frequency to be less than Timeout" if name == "frequency" else "Timeout to be greater than Frequency"
        raise Refused(f"%Illegal Value: Cannot set {words}")


def schedule(edit: Edit) -> None:
    """Only an operation of some kind is scheduled; the life is shown before the start."""
    store, values = edit.box.store, edit.values
    if edit.negated:
        edit.clear()
        return
    found = store.get("sla", values["n"])
    if found is None or found.child("sla kind") is None:
        raise Refused("%Entry not configured")
    if edit.existing is not None:
        raise Refused(*RUNNING)
    life = values.get("life") or values.get("seconds", "3600")
    shown = f" life {life}" if life != "3600" else ""
    edit.put(f"ip sla schedule {values['n']}{shown} start-time {values['start']}")


def track(edit: Edit) -> None:
    """A track object follows one operation; without a word it follows its state, and says so."""
    values = edit.values
    if edit.negated:
        edit.clear()
        return
    values.setdefault("aspect", "state")
    text = "track {n} ip sla {operation} {aspect}".format(**values)
    if edit.existing is not None and edit.existing.text != text:
        raise Refused("% Cannot change tracked object type, delete it first")
    edit.entered = edit.put(text)


def delay(edit: Edit) -> None:
    """How long a new state is waited for, down before up."""
    if edit.negated:
        edit.clear()
        return
    words = "".join(f" {way} {edit.values[way]}" for way in ("down", "up") if int(edit.values.get(way, "0")))
    edit.put(f"delay{words}") if words else edit.clear()


HOOKS: dict[str, Callable[[Edit], None]] = {
    "sla_operation": operation,
    "sla_kind": kind,
    "sla_raw": raw,
    "sla_raw_line": raw_line,
    "sla_value": value,
    "sla_schedule": schedule,
    "track": track,
    "track_delay": delay,
}
