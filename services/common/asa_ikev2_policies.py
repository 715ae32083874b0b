"""Which IKEv2 policy of an ASA a new peer gets: one that says the same, or one behind all of them. Pure.

Source: Cisco ASA command reference (crypto ikev2 policy: every policy is offered to every peer, in the order of its number; to
enter one that is there changes it for all of them).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import chain

from ...changes.configurations import tree
from ...inventory.errors import ChangeError

POLICY = re.compile(r"crypto ikev2 policy (?P<number>\d+)")
#: The highest number, and what a policy says where no lifetime was typed.
_HIGHEST, _LIFETIME = 65535, "lifetime seconds 86400"


def policy_number(host: str, wanted: Collection[str], nodes: Sequence[tree.Node]) -> tuple[int, str]:
    """The number, and a sentence where there was a choice. ``wanted`` are the lines of the policy. Raises ChangeError."""
    policies = tree.starting(nodes, "crypto ikev2 policy")
    there = {int(match["number"]): {*node.children} for node in policies if (match := POLICY.fullmatch(node.line))}
    same = [number for number, lines in sorted(there.items()) if _whole(lines) == _whole({*wanted})]
    if same:
        return same[0], f"IKEv2 policy {same[0]} has these values already and is used"
    last = max(there, default=0)
    behind = chain(range((last // 10 + 1) * 10, _HIGHEST + 1, 10), range(last + 1, _HIGHEST + 1))
    number = next((number for number in behind if number not in there), None)
    if number is None:
        raise ChangeError(f"{host}: there is no free IKEv2 policy number behind {last}")
    return number, f"IKEv2 policy {number}: last, so that other peers are offered what they were before" if there else ""


def policy_in(text: str) -> tuple[str, ...]:
    """The lines of the one policy that a desired configuration has."""
    (lines,) = [node.children for node in tree.parse(text) if POLICY.fullmatch(node.line)]
    return lines


def _whole(lines: set[str]) -> set[str]:
    return lines if any(line.startswith("lifetime") for line in lines) else {*lines, _LIFETIME}
