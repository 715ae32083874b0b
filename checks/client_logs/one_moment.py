"""Do the outputs of one file, and of both, show one client on one device at one moment? Captures that are mixed prove nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..finding import Evidence, Finding, Status
from .head_end import ASKED, IKEV2, SESSION, Client, Shown, is_reconnected

_HOST = re.compile(r"\bhost (?P<address>\S+)\s*$")
CHECK = "one-moment"


def mixed(which: str, one: Shown, client: Client) -> Finding:
    """What in one file does not fit together: session ids, peers, identities, and the address in each place where it stands."""
    wrong = list(_contradictions(one, client))
    if wrong:
        words = "; ".join(sentence for sentence, _ in wrong)
        return Finding(
            CHECK, which, Status.FAILED, f"{one.name} shows no one moment: {words}", tuple(found for _, found in wrong)
        )
    missing = _not_shown(client)
    if missing:
        words = f"{one.name}: its outputs cannot be held against each other: {missing}"
        return Finding(CHECK, which, Status.UNVERIFIED, words)
    return Finding(CHECK, which, Status.OK, f"the outputs of {one.name} agree on session, peer, identity and address")


def _not_shown(client: Client) -> str:
    """What is needed to hold the outputs against each other and is not there; "" where all of it is."""
    session, ike, crypto, crypto_ike = client.session, client.ike, client.crypto, client.crypto_ike
    if session is None or ike is None or crypto is None or crypto_ike is None:
        return "the client is in one of them only"
    values = {
        "the session id": ike.session_id is not None and crypto_ike.session_id is not None,
        "the identity": bool(ike.remote_id and crypto.phase1_id),
        "the assigned address": ike.assigned_address is not None,
        "a flow for each pair of selectors": 0 < len(crypto.flows) == sum(len(child.selectors) for child in session.children),
    }
    return ", ".join(f"{what} is not in both" for what, there in values.items() if not there)


def _contradictions(one: Shown, client: Client) -> Iterator[tuple[str, Evidence]]:
    ike, crypto, crypto_ike = client.ike, client.crypto, client.crypto_ike
    if ike and client.session and ike.session_id is not None and client.session.session_id != ike.session_id:
        yield _differ(one, IKEV2, "Session-id", client.session.session_id, ike.session_id, "in its first line", "below it")
    if ike and crypto_ike:
        if None not in (ike.session_id, crypto_ike.session_id) and crypto_ike.session_id != ike.session_id:
            yield _differ(one, IKEV2, "Session-id", ike.session_id, crypto_ike.session_id, f"in {IKEV2}", f"in {SESSION}")
        if ike.remote_port != crypto_ike.remote_port:
            yield _differ(
                one, SESSION, "port of the client", ike.remote_port, crypto_ike.remote_port, f"in {IKEV2}", f"in {SESSION}"
            )
    if ike and crypto and ike.remote_id and crypto.phase1_id and ike.remote_id != crypto.phase1_id:
        yield _differ(one, SESSION, "identity", ike.remote_id, crypto.phase1_id, f"in {IKEV2}", f"in {SESSION}")
    assigned = ike.assigned_address if ike else None
    if assigned is None:
        return
    if crypto and crypto.assigned_address and crypto.assigned_address != assigned:
        yield _differ(one, SESSION, "assigned address", assigned, crypto.assigned_address, f"in {IKEV2}", f"in {SESSION}")
    for flow in crypto.flows if crypto else ():
        match = _HOST.search(flow.selector)
        if match and match["address"] != str(assigned):
            yield _differ(one, SESSION, "address of the client", assigned, match["address"], "assigned", "in its flow")
    for child in client.session.children if client.session else ():
        for selectors in child.selectors:
            single = selectors.remote.first == selectors.remote.last
            if single and selectors.remote.first != assigned:
                yield _differ(
                    one, IKEV2, "address of the client", assigned, selectors.remote.first, "assigned", "in its child SA"
                )


def _differ(one: Shown, command: str, what: str, a: object, b: object, there: str, here: str) -> tuple[str, Evidence]:
    line = one.shows[command].line
    return f"{what} is {a} {there} and {b} {here}", Evidence(one.name, f"{ASKED[command]} (line {line})", what, str(b))


def one_device(before: Shown, after: Shown) -> Iterator[Finding]:
    """Prompts name the device. Of another one above an output: the pair is none. Elsewhere in a file: it is told."""
    named = [(one.name, line, host) for one in (before, after) for line, host in one.hosts]
    names = list(dict.fromkeys(host for _, _, host in named))
    evidence = tuple(Evidence(name, f"line {line}", "prompt", host) for name, line, host in named)
    if len(names) > 1:
        words = f"the outputs are of several devices, {' and '.join(names)}: both files have to be of one head-end"
        yield Finding(CHECK, "device", Status.FAILED, words, evidence)
        return
    if not names:
        yield Finding(
            CHECK, "device", Status.WARNING, "no prompt above an output names the device: nothing shows that both are of one"
        )
    else:
        yield Finding(CHECK, "device", Status.OK, f"each output with a prompt is of {names[0]}", evidence)
    strange = [(one.name, line, host) for one in (before, after) for line, host in one.prompts if names and host not in names]
    for name, line, host in strange[:3]:
        words = f"{name}, line {line}: the prompt {host} stands among outputs of {names[0]}: captures of two devices may be mixed"
        yield Finding(CHECK, "device", Status.WARNING, words, (Evidence(name, f"line {line}", "prompt", host),))


def session_id_of(client: Client) -> str:
    """The session id of a client that came back, in ASCII; "" where its identity is none."""
    identities = (client.ike.remote_id if client.ike else None, client.crypto.phase1_id if client.crypto else None)
    return next((read for identity in identities if (read := is_reconnected(identity))), "")
