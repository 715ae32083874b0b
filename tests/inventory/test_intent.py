"""The intent as a record: selection by name, resolution of references, frozen models."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from nr_run.inventory.errors import IntentError, NothingMatched
from nr_run.inventory.intents.intent import IKEPolicy, Intent, IntentFile, IPSecPolicy, Tunnel
from nr_run.inventory.intents.intent_files import load_intent

from ..own_inventory import PAIR

EXAMPLE_VPN = PAIR / "vpn"


def example(**changes: object) -> Intent:
    """The example intent, with its tunnel changed."""
    intent = load_intent(EXAMPLE_VPN)
    tunnel = intent.tunnels["hq-branch"]
    changed = Tunnel.model_validate({**tunnel.model_dump(), **changes})
    return Intent(
        intent.ike_proposals,
        intent.ike_policies,
        intent.ipsec_proposals,
        intent.ipsec_policies,
        intent.ipsec_profiles,
        {changed.name: changed},
    )


def test_a_name_selects_its_tunnel_once() -> None:
    """A tunnel that is named twice is worked on once."""
    intent = example()
    assert intent.select(["hq-branch", "hq-branch"]) == intent.select() == (intent.tunnels["hq-branch"],)


def test_an_unknown_name_gives_the_nearest() -> None:
    """A mistyped tunnel matches nothing and names what was probably meant."""
    with pytest.raises(NothingMatched, match=r"^no tunnel is named 'hq-brnch' \(did you mean hq-branch\?\)$"):
        example().select(["hq-brnch"])


@pytest.mark.parametrize("status", ["planned", "disabled"])
def test_a_tunnel_that_is_not_active_is_not_worked_on(status: str) -> None:
    """A planned or disabled tunnel is left out, and refused when it is named."""
    intent = example(status=status)
    with pytest.raises(NothingMatched, match=f"^tunnel hq-branch is {status}: set its status to active to work on it$"):
        intent.select(["hq-branch"])
    with pytest.raises(NothingMatched, match=r"^no tunnel is active"):
        intent.select()


def test_every_wrong_name_is_listed() -> None:
    """Two wrong names give two lines."""
    with pytest.raises(NothingMatched) as caught:
        example().select(["nope", "hq-branch", "never"])
    assert len(str(caught.value).splitlines()) == 2


def test_proposals_keep_their_order() -> None:
    """Proposals are resolved best first as the policy lists them, not as the files do."""
    file = IntentFile.model_validate(
        {
            "schema_version": 1,
            "ike_proposals": [
                {
                    "name": n,
                    "encryption_algorithm": "aes-256-cbc",
                    "authentication_algorithm": "hmac-sha256",
                    "group": 14,
                    "sa_lifetime": t,
                }
                for n, t in (("b", 28800), ("a", None))
            ],
            "ike_policies": [{"name": "p", "proposals": ["a", "b"]}],
            "ipsec_proposals": [
                {"name": "x", "encryption_algorithm": "aes-256-gcm", "sa_lifetime_seconds": 3600, "sa_lifetime_data": 102400},
                {"name": "y", "encryption_algorithm": "aes-128-gcm", "sa_lifetime_seconds": 1800},
            ],
            "ipsec_policies": [{"name": "q", "proposals": ["y", "x"]}],
            "ipsec_profiles": [{"name": "r", "ike_policy": "p", "ipsec_policy": "q"}],
            "tunnels": [{**example().tunnels["hq-branch"].model_dump(), "ipsec_profile": "r"}],
        }
    )
    intent = Intent.of(file)
    crypto = intent.resolve(intent.tunnels["hq-branch"])
    assert [p.name for p in crypto.ike_proposals] == ["a", "b"]
    assert [p.name for p in crypto.ipsec_proposals] == ["y", "x"]
    assert (crypto.ike_version, crypto.ike_mode, crypto.pfs_group) == (2, None, None)


@pytest.mark.parametrize("record", [IKEPolicy, IPSecPolicy])
def test_a_proposal_is_listed_once(record: type[IKEPolicy] | type[IPSecPolicy]) -> None:
    """A proposal that a policy names twice is refused: one of the two was meant to be another."""
    with pytest.raises(ValidationError, match="lists a twice"):
        record(name="p", proposals=("a", "b", "a"))


def test_a_reference_to_nothing_is_refused() -> None:
    """Resolving a profile that does not exist names the field and the nearest profile."""
    intent = example(ipsec_profile="ios-12.1")
    with pytest.raises(
        IntentError, match=r"^tunnel hq-branch: ipsec_profile: there is no 'ios-12.1' \(did you mean ios-12.2\?\)$"
    ):
        intent.resolve(intent.tunnels["hq-branch"])


def test_a_name_is_defined_once_over_all_files() -> None:
    """The same tunnel in two files is refused."""
    file = IntentFile(schema_version=1, tunnels=(example().tunnels["hq-branch"],))
    with pytest.raises(IntentError, match=r"^tunnel hq-branch is defined twice$"):
        Intent.of(file, file)


def test_records_are_frozen_and_do_not_show_what_was_typed() -> None:
    """A record cannot be changed, and pydantic's own error text hides the input."""
    tunnel = example().tunnels["hq-branch"]
    with pytest.raises(ValidationError, match="frozen"):
        tunnel.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError) as caught:
        Tunnel.model_validate({**tunnel.model_dump(), "preshared_key_ref": "S3cr3t-M4rker"})
    assert "S3cr3t-M4rker" not in str(caught.value)


@pytest.mark.parametrize("text", ["Ethernet0/0\nno ip routing", "Ethernet0/0 ?", "Ethernet0/0;reload", ""])
def test_nothing_but_a_name_fits_into_an_interface(text: str) -> None:
    """A value that goes into a command line cannot carry a second command."""
    terminations = [end.model_dump() for end in example().tunnels["hq-branch"].terminations]
    terminations[0]["interface"] = text
    with pytest.raises(ValidationError):
        example(terminations=terminations)
