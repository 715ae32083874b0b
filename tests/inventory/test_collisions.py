"""What two tunnels of a device cannot both have: found by a look-up, as a comparison of every pair finds it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from nr_run.inventory.intents.collisions import collisions
from nr_run.inventory.intents.intent import Intent, IntentFile

from ..calls import counted
from .pairwise import pairwise

NAMES = [f"t{number}" for number in range(7)]
#: Some equal, some within others, and most apart, so that two tunnels often have one thing in common and nothing else.
PREFIXES = some.sampled_from(
    ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.1.1.128/25", *(f"192.168.{number}.0/24" for number in range(4))]
)
CISCO = some.fixed_dictionaries(
    {},
    optional={
        "crypto_map": some.sampled_from(["M", "N"]),
        "map_sequence": some.sampled_from([10, 20]),
        "access_list": some.sampled_from([f"NR-{name}" for name in NAMES]),
        "tunnel_interface": some.integers(0, 4),
    },
)
END: dict[str, some.SearchStrategy[Any]] = {
    "outside_ip": some.sampled_from([f"192.0.2.{number}" for number in range(1, 5)]),
    "protected_prefixes": some.lists(PREFIXES, min_size=1, max_size=2),
}
OWN_END = some.fixed_dictionaries(
    {
        **END,
        "host": some.sampled_from(["a", "b"]),
        "interface": some.sampled_from(["Ethernet0", "Ethernet1"]),
        "probe_address": some.just("10.1.1.1"),
        "cisco": CISCO,
    }
)
TUNNEL = some.fixed_dictionaries(
    {
        "status": some.sampled_from(["active", "planned"]),
        "ipsec_profile": some.sampled_from(["one", "two"]),
        "preshared_key_ref": some.sampled_from(["credential:k", "credential:l"]),
        "terminations": some.tuples(OWN_END, some.one_of(OWN_END, some.fixed_dictionaries(END))),
        "cisco": some.fixed_dictionaries({"style": some.sampled_from(["crypto-map", "auto", "vti"])}),
    },
    optional={
        "tunnel_prefix": some.sampled_from(
            ["10.255.0.0/30", "10.255.0.0/31", "10.255.0.2/31", *(f"10.255.1.{n}/31" for n in range(0, 8, 2))]
        )
    },
)


def intent(tunnels: list[dict[str, Any]]) -> Intent:
    """An intent of these, with a profile for each version of IKE."""
    words = {"encryption_algorithm": "aes-256-cbc", "authentication_algorithm": "hmac-sha1"}
    versions = {"one": {"version": 1, "mode": "main"}, "two": {"version": 2}}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_proposals": [{"name": "ike", **words, "group": 14}],
                "ike_policies": [{"name": name, **version, "proposals": ["ike"]} for name, version in versions.items()],
                "ipsec_proposals": [{"name": "esp", **words}],
                "ipsec_policies": [{"name": "esp", "proposals": ["esp"], "pfs_group": 14}],
                "ipsec_profiles": [{"name": name, "ike_policy": name, "ipsec_policy": "esp"} for name in versions],
                "tunnels": tunnels,
            }
        )
    )


@given(some.lists(TUNNEL, max_size=len(NAMES)), some.permutations(NAMES), some.integers(0, len(NAMES)))
def test_a_look_up_says_what_a_comparison_of_all_pairs_says(tunnels: list[dict[str, Any]], order: list[str], asked: int) -> None:
    """The same sentences in the same order, whichever tunnels are asked for and in whatever order."""
    made = intent([{"name": name, **tunnel} for name, tunnel in zip(NAMES, tunnels, strict=False)])
    chosen = [made.tunnels[name] for name in order[:asked] if name in made.tunnels]
    assert list(collisions(made, chosen)) == list(pairwise(made, chosen))


def hub(tunnels: int) -> Intent:
    """A hub whose tunnels share its prefix, its interface, its map and its key, and each ends at a partner of its own."""
    near = {"host": "a", "interface": "Ethernet0", "outside_ip": "192.0.2.1", "probe_address": "10.0.0.1"}
    return intent(
        [
            {
                "name": f"n{number}",
                "ipsec_profile": "two",
                "preshared_key_ref": "credential:k",
                "terminations": [
                    {**near, "protected_prefixes": ["10.0.0.0/16"], "cisco": {"crypto_map": "M", "map_sequence": number + 1}},
                    {
                        "outside_ip": f"198.51.{number // 250}.{number % 250 + 1}",
                        "protected_prefixes": [f"10.{100 + number // 250}.{number % 250}.0/24"],
                    },
                ],
            }
            for number in range(tunnels)
        ]
    )


def cost(made: Intent, asked: int) -> int:
    """Calls that it needs to find that nothing collides."""
    chosen = list(made.tunnels.values())[:asked]
    with counted() as calls:
        assert not list(collisions(made, chosen))
    return calls[0]


def test_four_times_the_tunnels_are_four_times_the_work() -> None:
    """A hub with four hundred tunnels costs four times what one with a hundred costs; pairs would cost sixteen times."""
    assert cost(hub(400), 400) < 1.2 * 4 * cost(hub(100), 100)
