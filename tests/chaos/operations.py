"""What is done to the tunnel or the group: what has to be there first, the command, and what success is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .device import Path
from .forms import BOXES
from .ground import Ground
from .inventory import GROUP
from .judge import Goal
from .trial import ENDS

NEW_KEY = "Rotated.Key-{}a3b9c04d5e6f708192"


@dataclass(frozen=True)
class Work:
    """The command line of an operation, and what the devices are when it succeeds."""

    command: str
    words: tuple[str, ...]
    goal: Goal


def built(ground: Ground) -> Goal:
    """What it is when the tunnel, or the group beside it, is built; on what is not ours nothing happens."""
    like = {name: ground.before[name] for name in ENDS if name not in ground.trial.ours}
    if ground.trial.ground == "clients":
        return Goal({}, like, up=True, clients={"hq": BOXES[ground.devices["hq"].profile][2]})
    return Goal({name: wanted for name, wanted in ground.wanted().items() if name not in like}, like, up=True)


def prepared(ground: Ground) -> Work:
    """Bring the devices to where the operation begins. Raises NotPrepared."""
    _PREPARED[ground.trial.ground](ground)
    ground.remember()
    ground.bought = ground.before
    if ground.trial.ground == "clients":
        return _of("deploy-ra", ("remove-ra", GROUP), ground, up=True)
    return _of("deploy-l2l", ("remove-l2l", "hq-branch"), ground, up=False)


def _of(deploy: str, remove: tuple[str, str], ground: Ground, *, up: bool) -> Work:
    """``up``: whether the tunnel is there without it."""
    name = ground.trial.operation
    if name == "build":
        return Work(deploy, ("--yes",), built(ground))
    ground.must(deploy, "--yes")
    ground.remember()
    if name == "remove":
        asked, exempt = _exempt(ground)
        stays = {name: kept | exempt for name, kept in _kept(ground).items()}
        return Work(remove[0], (remove[1], "--yes"), Goal({}, ground.bought, up=up, stays=stays, goes={"hq": asked}))
    if name == "undo":
        return Work("rollback", ("--yes",), Goal({}, ground.bought, up=up))
    first = ground.before
    _CHANGES[name.removeprefix("undo-")](ground)
    if not name.startswith("undo-"):
        return Work(deploy, ("--yes",), built(ground))
    ground.must(deploy, "--yes")
    ground.remember()
    return Work("rollback", ("--yes",), Goal({}, first, up=True))


def _with_partner(ground: Ground) -> None:
    """The branch has its half of the tunnel, and is a partner's; ours has none."""
    ground.must("deploy-l2l", "--yes")
    ground.give_away()
    ground.must("remove-l2l", "hq-branch", "--yes")


def _with_tunnel(ground: Ground) -> None:
    ground.must("deploy-l2l", "--yes")


def _alone(_ground: Ground) -> None:
    """As they were bought."""


_PREPARED: dict[str, Callable[[Ground], None]] = {"ours": _alone, "partner": _with_partner, "clients": _with_tunnel}


def _kept(ground: Ground) -> dict[str, frozenset[Path]]:
    """Keepalives and policies are for all IKE peers of a device: they stay where VPN clients or tunnels have them as well."""
    kept: dict[str, frozenset[Path]] = {}
    for name, device in ground.devices.items():
        if "dynamic-map" in device.keys_shown:
            new = ground.before[name].running - ground.bought[name].running
            policies = {path for path in new if path[0].startswith("crypto isakmp policy ")}
            kept[name] = frozenset({("crypto isakmp keepalive 10 3",), *policies})
    return kept


def _exempt(ground: Ground) -> tuple[frozenset[Path], frozenset[Path]]:
    """A key that got no-xauth for the sake of clients keeps it when they go: without, and with it."""
    keys = {path for path in ground.bought["hq"].running if path[0].startswith("crypto isakmp key ")}
    if ground.trial.ground != "clients":
        keys = set()
    return frozenset(keys), frozenset((f"{path[0]} no-xauth",) for path in keys)


def _key(ground: Ground) -> None:
    (ground.lab.credentials / "hq-branch-psk").write_text(NEW_KEY.format(ground.trial.seed) + "\n")


def _prefixes(ground: Ground) -> None:
    end = ENDS[ground.trial.seed % 2]
    ground.prefixes[end] = [*ground.prefixes[end], "10.77.0.0/24"]
    ground.intent["tunnels"][0]["terminations"][ENDS.index(end)]["protected_prefixes"] = ground.prefixes[end]
    ground.intend("tunnels")


def _proposal(ground: Ground) -> None:
    ground.cipher = "aes-128-cbc"
    ground.intend("ipsec_proposals", encryption_algorithm=ground.cipher)


def _lifetime(ground: Ground) -> None:
    ground.seconds = 1800
    ground.intend("ipsec_proposals", sa_lifetime_seconds=ground.seconds)


def _ike(ground: Ground) -> None:
    ground.ike_cipher = "aes-128-cbc"
    ground.intend("ike_proposals", encryption_algorithm=ground.ike_cipher)


_CHANGES: dict[str, Callable[[Ground], None]] = {
    "key": _key,
    "prefixes": _prefixes,
    "proposal": _proposal,
    "lifetime": _lifetime,
    "ike": _ike,
}
