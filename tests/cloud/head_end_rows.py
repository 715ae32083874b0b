"""The errors of the vendor's document on reconnecting clients of a FlexVPN head-end, planted one by one.

Source: Cisco, document 222830, IKEv2 auto-reconnect for Secure Client on IOS-XE.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from msgspec.structs import replace
from pydantic import ValidationError

from nr_run.changes.objects import read
from nr_run.checks.finding import Status
from nr_run.services.flexvpn.certificates import Showing, judged
from nr_run.services.flexvpn.client_profile import NAMESPACE, client_profile
from nr_run.services.flexvpn.files import judged_files
from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.names import files_of
from nr_run.services.flexvpn.reading import CERTIFICATES, CLOCK
from nr_run.services.flexvpn.reading import read as read_show
from nr_run.services.flexvpn.service import deployment_of

from ..client_logs.head_end import AFTER, BEFORE
from ..client_logs.test_reconnect import of
from ..services.flexvpn.head_ends import BARE, HOST, PLATFORM, deployed, head_end, planned, values
from ..services.flexvpn.shown import CLOCK as NOW
from ..services.flexvpn.shown import Laptop
from ..services.flexvpn.test_verdict import looked, verdict
from .rows import Place, Row, Said

WITH_PROFILE = {"client_profile": {}}


def _row(error: str, has: str, place: Place, sentence: str, plant: Callable[[], Sequence[Said]]) -> Row:
    return Row(error, has, place, sentence, plant)


def _lines() -> list[str]:
    return [line for step in planned(head_end(**WITH_PROFILE), BARE).change.forward for line in step.lines]


def _unbuilt(error: str, has: str, *patterns: str) -> Row:
    def plant() -> list[Said]:
        found = [line for line in _lines() if any(pattern in line for pattern in patterns)]
        return [Said("verify", line) for line in found] or [Said("never built", ", ".join(patterns))]

    return Row(error, has, "never built", ", ".join(patterns), plant)


def _nested() -> list[Said]:
    """What a client does after a sleep stands within the element of reconnecting, which says true."""
    root = ElementTree.fromstring(client_profile(head_end(**WITH_PROFILE)))  # noqa: S314 - our own text
    found = [one for one in root.iter(f"{{{NAMESPACE}}}AutoReconnect") if (one.text or "").strip() == "true" and len(one) == 1]
    return [Said("never built", "ReconnectAfterResume without its element")] if len(found) == 1 else []


def _another_file() -> list[Said]:
    """The file on the flash is another one, and no show of the router would say so."""
    wanted = head_end(**WITH_PROFILE)
    (file,) = files_of(wanted)
    outputs = {f"verify /md5 {file.url}": f"verify /md5 ({file.url}) = {'0' * 32}\n"}
    return [Said("gate", item.sentence) for item in judged_files(wanted, outputs, "now") if item.status is Status.FAILED]


def _literal() -> list[Said]:
    """A user with a password in clear."""
    try:
        FlexVpn.model_validate(values(users=[{"name": "test", "password": "cisco"}]))
    except ValidationError as refused:
        return [Said("intent", ".".join(map(str, one["loc"])) + f" {one['type']}") for one in refused.errors()]
    return []


def _two_addresses() -> list[Said]:
    """One show has another address of a client than the other."""
    return [Said("verify", verdict(looked(Laptop(tunnel="10.10.10.1"))).sentence)]


def _mixed() -> list[Said]:
    """Two captures of different sessions are put together as one."""
    return [Said("verify", cause.id) for cause in of(BEFORE, replace(AFTER, header=39)).causes]


def _too_late() -> list[Said]:
    """A client slept for longer than the timeout, and is said to have reconnected."""
    made = of(BEFORE, replace(AFTER, clock="11:39:23.101 UTC Wed May 6 2026"))
    found = [item.sentence for item in made.findings if item.check == "timeout" and item.status is not Status.OK]
    return [] if made.good else [Said("verify", words) for words in found]


def _on_demand() -> list[Said]:
    """Dead peer detection that nobody configured is shown of every session, and is no difference."""
    found = verdict(looked(Laptop()))
    good = found.configured.value == "as-intended" and "DPD configured for 45 seconds" in Laptop().ikev2
    return [Said("never built", "DPD as a difference")] if good else []


def _without(text: str, clock: str = NOW) -> Callable[[], list[Said]]:
    def plant() -> list[Said]:
        given = {CERTIFICATES: text, CLOCK: clock}
        certificates, time = (read_show(HOST, command, given) for command in (CERTIFICATES, CLOCK))
        found = judged(Showing(HOST, head_end(), certificates, time, "now"))
        return [Said("precheck", item.sentence) for item in found if item.status is Status.FAILED]

    return plant


def _own_names() -> list[Said]:
    """What the router has by default is not edited: others use it."""
    made = read("ios", deployed(head_end(), BARE))
    defaults = [item.title for item in (*made.of("ikev2-proposal"), *made.of("ikev2-policy")) if item.key[1][0] == "default"]
    return [Said("verify", title) for title in defaults] or [Said("never built", "proposal default, policy default")]


def _flat() -> list[Said]:
    """A text without its indentation says nothing of what stands below what: no interface has an address in it."""
    flat = "\n".join(line.strip() for line in BARE.splitlines())
    found = read("ios", flat).named_nodes.get("interface GigabitEthernet1")
    return [Said("plan", "interface GigabitEthernet1 has no lines")] if found is not None and not found.children else []


def _asked() -> list[str]:
    deployment = deployment_of(head_end(**WITH_PROFILE))
    (member,) = deployment.members
    return [words for stage in deployment.stages for words in stage.gate.asks(member, PLATFORM)]


def _debug() -> list[Said]:
    found = [line for line in (*_asked(), *_lines()) if line.lower().startswith("debug")]
    return [Said("verify", line) for line in found] or [Said("never built", "debug")]


ROWS: tuple[Row, ...] = (
    _unbuilt("E2-1", "a package without its number", ".pkg", " sequence"),
    _row("E2-2", "elements that have lost their tags", "never built", "without its element", _nested),
    _row("E2-3", "a profile that the router does not read", "gate", "is something else, by its hash", _another_file),
    _row("E2-4", "a user with a password in clear", "intent", "password extra_forbidden", _literal),
    _unbuilt("E2-4", "a password of type 0", "password 0", "username test"),
    _row("E2-5", "two addresses of one client", "verify", "10.10.10.1", _two_addresses),
    _row("E2-5", "captures of two sessions as one", "verify", "mixed-captures", _mixed),
    _row("E2-6", "a sleep past the timeout, and a reconnect", "verify", "900 s", _too_late),
    _row("E2-7", "a line on dead peer detection that nobody configured", "never built", "DPD as a difference", _on_demand),
    _row("E2-8", "no certificate", "precheck", "enrol it first", _without("")),
    _row("E2-8", "no clock", "precheck", "the clock was never set", _without("", f"*{NOW}")),
    _row("E2-9", "defaults that are edited", "never built", "proposal default, policy default", _own_names),
    _row("E2-10", "a text without its indentation", "plan", "has no lines", _flat),
    _row("E2-11", "debug without a condition", "never built", "debug", _debug),
)
