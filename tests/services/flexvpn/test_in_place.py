"""A head-end that stands and is wanted otherwise: each field leads to a change, a refusal with the way round, or to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from nr_run.changes.objects import read
from nr_run.checks.finding import Status
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.own_checks import OwnCheck
from nr_run.services.flexvpn.gates import ClientIn
from nr_run.services.flexvpn.intent import ClientProfile, Esp, ExpectedSessions, FlexVpn, Ike, Pool, User
from nr_run.services.flexvpn.reading import RUNNING
from nr_run.services.flexvpn.service import FLEXVPN, deployment_of
from nr_run.services.service import Seen

from ...changes.trees import same
from .head_ends import BARE, HOST, NOBODY_IN, PLATFORM, deployed, head_end, planned, removed
from .shown import Laptop, outputs

OTHER_POOL = {"first": "192.168.119.10", "last": "192.168.119.59"}
TWO_RUNS = "nr-run remove-flexvpn laptops, then nr-run deploy-flexvpn laptops"
CHECK = {"command": "show version", "contains": "Version"}
JOE = {"name": "joe", "password_ref": "credential:joe"}
#: A head-end in which every field has a value.
BASE: dict[str, Any] = {
    "domain": "example.com",
    "dns": ["10.10.117.10"],
    "client_profile": {},
    "status": "active",
}
#: Another value of each field, with others that it needs: lines that are typed then, or why nothing is, or why it is refused.
CHANGED: dict[tuple[type[BaseModel], str], tuple[dict[str, Any], tuple[str, ...]]] = {
    (FlexVpn, "trustpoint"): ({"trustpoint": "NEW-TP"}, ("pki trustpoint NEW-TP",)),
    (FlexVpn, "server_name"): ({"server_name": "b.example.com"}, ("crypto vpn anyconnect profile",)),
    (FlexVpn, "pool"): ({"pool": OTHER_POOL}, ("ip local pool FLEX-laptops.v2", "pool FLEX-laptops.v2")),
    (Pool, "first"): ({"pool": OTHER_POOL}, ("ip local pool FLEX-laptops.v2 192.168.119.10 192.168.119.59",)),
    (Pool, "last"): ({"pool": OTHER_POOL}, ("ip local pool FLEX-laptops.v2 192.168.119.10 192.168.119.59",)),
    (FlexVpn, "protected_prefixes"): (
        {"protected_prefixes": ["10.10.117.0/24", "10.10.118.0/24"]},
        ("permit 10.10.118.0 0.0.0.255", "route set access-list FLEX-laptops.v2", "no ip access-list standard FLEX-laptops"),
    ),
    (FlexVpn, "dns"): ({"dns": ["10.10.117.20"]}, ("dns 10.10.117.20",)),
    (FlexVpn, "domain"): ({"domain": "example.org"}, ("def-domain example.org",)),
    (FlexVpn, "ike"): ({"ike": {"groups": [21]}}, ("group 21", "no proposal NR-aes-256-cbc-sha512-sha384-19-14-21")),
    (Ike, "encryption"): ({"ike": {"encryption": ["aes-128-cbc"]}}, ("encryption aes-cbc-128", "no proposal NR-")),
    (Ike, "integrity"): ({"ike": {"integrity": ["hmac-sha256"]}}, ("integrity sha256", "no proposal NR-")),
    (Ike, "groups"): ({"ike": {"groups": [19]}}, ("group 19", "no crypto ikev2 proposal NR-")),
    (FlexVpn, "authentication_list"): (
        {"authentication_list": "RADIUS", "users": []},
        ("aaa authentication anyconnect-eap RADIUS", "no aaa authentication login FLEX-laptops-USERS"),
    ),
    (FlexVpn, "authorization_list"): (
        {"authorization_list": "LOCAL"},
        ("aaa authorization group anyconnect-eap list LOCAL FLEX-laptops", "no aaa authorization network FLEX-laptops-GROUPS"),
    ),
    (FlexVpn, "users"): ({"users": [JOE]}, ("username joe secret",)),
    (User, "name"): ({"users": [{"name": "joe", "password_ref": "credential:anna"}]}, ("username joe secret",)),
    (FlexVpn, "reconnect_timeout"): ({"reconnect_timeout": 1800}, ("reconnect timeout 1800",)),
    (FlexVpn, "dpd"): (
        {"dpd": "periodic", "reconnect_timeout": None, "client_profile": None},
        ("dpd 45 2 periodic", "no reconnect timeout", "no crypto vpn anyconnect profile"),
    ),
    (FlexVpn, "client_profile"): ({"client_profile": None}, ("no anyconnect profile", "no crypto vpn anyconnect profile")),
    (ClientProfile, "host_name"): ({"client_profile": {"host_name": "Other"}}, ("crypto vpn anyconnect profile",)),
    (ClientProfile, "user_controllable"): ({"client_profile": {"user_controllable": True}}, ("crypto vpn anyconnect profile",)),
    (ClientProfile, "authentication_timeout"): (
        {"client_profile": {"authentication_timeout": 60}},
        ("crypto vpn anyconnect profile",),
    ),
}
REFUSED: dict[tuple[type[BaseModel], str], tuple[dict[str, Any], str]] = {
    (FlexVpn, "name"): ({"name": "others"}, "takes Secure Clients already"),
    (FlexVpn, "interface"): ({"interface": "GigabitEthernet2"}, TWO_RUNS),
    (FlexVpn, "outside_ip"): ({"outside_ip": "172.18.124.118"}, TWO_RUNS),
    (FlexVpn, "virtual_template"): ({"virtual_template": 77}, TWO_RUNS),
    (FlexVpn, "esp"): ({"esp": {"encryption": "aes-128-cbc"}}, TWO_RUNS),
    (Esp, "encryption"): ({"esp": {"encryption": "aes-128-cbc"}}, TWO_RUNS),
    (Esp, "integrity"): ({"esp": {"integrity": "hmac-sha256"}}, TWO_RUNS),
}
#: What no line of the router depends on, and why.
NO_LINE: dict[tuple[type[BaseModel], str], tuple[dict[str, Any], str]] = {
    (FlexVpn, "status"): ({"status": "planned"}, "whether it is built at all is decided before"),
    (FlexVpn, "description"): ({"description": "Other people"}, "for people, in the plan"),
    (FlexVpn, "host"): ({"host": HOST}, "another router is another head-end: the one that stands is told as not intended"),
    (FlexVpn, "certificate_days"): ({"certificate_days": 90}, "from when on a certificate is told"),
    (FlexVpn, "probe_address"): ({"probe_address": "10.10.117.2"}, "checked: it is an address of the router"),
    (FlexVpn, "expected_sessions"): ({"expected_sessions": {"at_least": 3}}, "what a verification expects"),
    (ExpectedSessions, "at_least"): ({"expected_sessions": {"at_least": 3}}, "what a verification expects"),
    (ExpectedSessions, "users"): ({"expected_sessions": {"users": ["anna"]}}, "what a verification expects"),
    (FlexVpn, "window_seconds"): ({"window_seconds": 60}, "how long a client may take"),
    (FlexVpn, "checks"): ({"checks": [CHECK]}, "asked beside the proof"),
    (User, "password_ref"): (
        {"users": [{"name": "anna", "password_ref": "credential:joe"}]},
        "a router shows no password, so it is not compared, and that is told",
    ),
}
LISTS = "aaa authentication login RADIUS group radius\naaa authorization network LOCAL local\n"
THERE = deployed(head_end(**BASE), BARE.replace("aaa session-id", f"{LISTS}aaa session-id", 1))


def lines(other: dict[str, Any], shown: dict[str, str] | None = None) -> list[str]:
    """What is typed where the head-end stands and is wanted so."""
    change = planned(head_end(**(BASE | other)), THERE, shown).change
    return [line.strip() for step in change.forward for line in step.lines]


def test_every_field_is_said() -> None:
    """No field of the intent is without an answer to the question what becomes of it when it is changed."""
    models = (FlexVpn, Pool, User, Ike, Esp, ExpectedSessions, ClientProfile)
    assert {*CHANGED, *REFUSED, *NO_LINE} == {(model, name) for model in models for name in model.model_fields}
    assert OwnCheck in FlexVpn.model_fields["checks"].annotation.__args__  # type: ignore[union-attr]
    assert not lines({})


@pytest.mark.parametrize("field", CHANGED, ids=lambda field: f"{field[0].__name__}.{field[1]}")
def test_what_is_changed_where_it_stands(field: tuple[type[BaseModel], str]) -> None:
    """The lines that say it are typed, nothing is left over, a second plan is empty, and a removal leaves what was before."""
    other, expected = CHANGED[field]
    typed = lines(other, NOBODY_IN)
    assert all(any(line.startswith(words) for line in typed) for words in expected), typed
    wanted = head_end(**(BASE | other))
    after = deployed(wanted, THERE, NOBODY_IN)
    assert not planned(wanted, after, NOBODY_IN).change, planned(wanted, after, NOBODY_IN).change.forward_text
    gone, _ = removed(wanted, after)
    # A user who has left the intent is told, and taken away by a person.
    gone = gone.replace("username anna secret <secret:credential:anna>\n", "")
    assert same(gone, BARE.replace("aaa session-id", f"{LISTS}aaa session-id", 1)), gone


@pytest.mark.parametrize("field", REFUSED, ids=lambda field: f"{field[0].__name__}.{field[1]}")
def test_what_cannot_be_changed_under_clients(field: tuple[type[BaseModel], str]) -> None:
    """It is refused before anything is typed, with the runs that do it."""
    other, words = REFUSED[field]
    with pytest.raises(ChangeError, match=words):
        lines(other)


@pytest.mark.parametrize("field", NO_LINE, ids=lambda field: f"{field[0].__name__}.{field[1]}")
def test_what_no_line_depends_on(field: tuple[type[BaseModel], str]) -> None:
    """Nothing is typed for it."""
    other, why = NO_LINE[field]
    assert lines(other) == [], why


def test_a_template_is_changed_while_nobody_is_in() -> None:
    """IOS locks it while there are clones, and only then: what the router does not say is taken for clients who are in."""
    other = {"interface": "GigabitEthernet2"}
    assert "ip unnumbered GigabitEthernet2" in lines(other, NOBODY_IN)
    for shown in ({}, outputs(Laptop(), active=1), outputs(active=0, inactive=1)):
        with pytest.raises(ChangeError, match=TWO_RUNS):
            lines(other, shown)


def test_a_pool_stays_while_somebody_may_have_an_address_of_it() -> None:
    """It is built beside, who is in keeps an address; when nobody is in the old one goes, by itself or with the head-end."""
    wanted = head_end(**(BASE | {"pool": OTHER_POOL}))
    change = planned(wanted, THERE, outputs(Laptop(), active=1)).change
    assert not change.removed
    assert any("address-pool FLEX-laptops stays: clients may have addresses of it" in words for words in change.stays)
    both = deployed(wanted, THERE, outputs(Laptop(), active=1))
    assert not planned(wanted, both).change
    assert [item.title for item in planned(wanted, both, NOBODY_IN).change.removed] == ["address-pool FLEX-laptops"]
    gone, _ = removed(wanted, both)
    assert read("ios", gone).of("address-pool") == ()


def test_a_pool_that_overlaps_the_one_that_stands() -> None:
    """An address is in one pool only: a longer pool with the same addresses is refused, with the way round."""
    with pytest.raises(ChangeError, match=TWO_RUNS):
        lines({"pool": {"first": "192.168.117.10", "last": "192.168.117.99"}}, NOBODY_IN)


def test_only_a_client_of_the_new_pool_proves_it() -> None:
    """One who is in with an address of before is no contradiction, and no proof; one with a new address is."""
    wanted = head_end(**(BASE | {"pool": OTHER_POOL}))
    both = deployed(wanted, THERE, outputs(Laptop(), active=1)).replace("\nend\n", "\n").rstrip() + "\nend\n"
    (member,) = deployment_of(wanted).members

    def said(*laptops: Laptop) -> tuple[Status, str]:
        seen = Seen(member, PLATFORM, {**outputs(*laptops, active=len(laptops)), RUNNING: both}, "2026-11-30T00:00:00Z")
        (found,) = [item for item in ClientIn(wanted).judge((seen,), removed=False) if item.check == "client-session"]
        return found.status, found.sentence

    status, words = said(Laptop())
    assert (status, "addresses of the former pool" in words) == (Status.UNVERIFIED, True)
    assert said(Laptop(), Laptop(address="192.168.119.10", port=50001))[0] is Status.OK


def test_a_rollback_is_proved_by_the_pool_of_before() -> None:
    """The form of before has the pool that stood, so that who is in verifies it."""
    wanted = head_end(**(BASE | {"pool": OTHER_POOL}))
    before = FLEXVPN.previous(deployment_of(wanted), [planned(wanted, THERE)])
    assert before is not None
    assert before.wanted.pool == head_end().pool


def test_ciphers_that_have_their_integrity_in_them() -> None:
    """With GCM the proposal says a PRF in the place of its integrity; IOS takes no other cipher beside it."""
    gcm = {"ike": {"encryption": ["aes-256-gcm", "aes-128-gcm"], "integrity": ["hmac-sha384"]}}
    there = deployed(head_end(**gcm), BARE)
    (proposal,) = read("ios", there).of("ikev2-proposal")
    assert proposal.children == ("encryption aes-gcm-256 aes-gcm-128", "prf sha384", "group 19 14 21")
    assert not planned(head_end(**gcm), there).change
    after, _ = removed(head_end(**gcm), there)
    assert same(after, BARE)
    assert "prf sha384" in lines(gcm)
    with pytest.raises(ValidationError, match="give one kind"):
        head_end(ike={"encryption": ["aes-256-gcm", "aes-256-cbc"]})


def test_others_are_offered_what_they_were() -> None:
    """A proposal of ours stays in the policy of the address where another peer may have agreed on it, and that is told."""
    there = THERE.replace("ip route", "crypto ikev2 profile B2B\n match identity remote address 192.0.2.1\nip route", 1)
    change = planned(head_end(**(BASE | {"ike": {"groups": [21]}})), there).change
    assert not change.removed
    assert any("is offered it too" in words for words in change.stays), change.stays
