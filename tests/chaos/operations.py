"""What is done to the tunnel: what has to be there first, the command, and what success is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .device import Path
from .ground import Ground
from .judge import Goal
from .trial import ENDS

NEW_KEY = "Rotated.Key-{}a3b9c04d5e6f708192"


@dataclass(frozen=True)
class Work:
    """The command line of an operation, and what the devices are when it succeeds."""

    command: str
    words: tuple[str, ...]
    goal: Goal


def prepared(ground: Ground) -> Work:
    """Bring the devices to where the operation begins. Raises NotPrepared."""
    name = ground.trial.operation
    if name == "build":
        return Work("deploy-l2l", ("--yes",), Goal(ground.wanted(), None, up=True))
    ground.must("deploy-l2l", "--yes")
    ground.remember()
    if name == "remove":
        return Work("remove-l2l", ("hq-branch", "--yes"), Goal(None, ground.bought, up=False, stays=_kept(ground)))
    if name == "undo":
        return Work("rollback", ("--yes",), Goal(None, ground.bought, up=False))
    built = ground.before
    _CHANGES[name.removeprefix("undo-")](ground)
    if not name.startswith("undo-"):
        return Work("deploy-l2l", ("--yes",), Goal(ground.wanted(), None, up=True))
    ground.must("deploy-l2l", "--yes")
    ground.remember()
    return Work("rollback", ("--yes",), Goal(None, built, up=True))


def _kept(ground: Ground) -> dict[str, frozenset[Path]]:
    """Keepalives are a setting of the whole device: they stay where its VPN clients use them as well."""
    kept = frozenset({("crypto isakmp keepalive 10 3",)})
    return {name: kept for name, device in ground.devices.items() if "dynamic-map" in device.keys_shown}


def _key(ground: Ground) -> None:
    (ground.lab.credentials / "hq-branch-psk").write_text(NEW_KEY.format(ground.trial.seed) + "\n")


def _prefixes(ground: Ground) -> None:
    end = ENDS[ground.trial.seed % 2]
    old = ground.prefixes[end][0]
    ground.prefixes[end] = [old, "10.77.0.0/24"]
    ground.edit(rf"\[{old}\]", f"[{old}, 10.77.0.0/24]")


def _proposal(ground: Ground) -> None:
    ground.cipher = "aes-128-cbc"
    ground.edit(r"(name: esp, encryption_algorithm: )[\w-]+", rf"\g<1>{ground.cipher}")


def _lifetime(ground: Ground) -> None:
    ground.seconds = 1800
    ground.edit(r"ipsec_proposals: \[\{name: esp,", "ipsec_proposals: [{name: esp, sa_lifetime_seconds: 1800,")


_CHANGES: dict[str, Callable[[Ground], None]] = {
    "key": _key,
    "prefixes": _prefixes,
    "proposal": _proposal,
    "lifetime": _lifetime,
}
