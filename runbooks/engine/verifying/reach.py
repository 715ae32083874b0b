"""How far a proof reaches: ends that are not ours are not asked, and without an address that answers no traffic is verified."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ....services.service import Foreign


class Reach(Struct, frozen=True):
    """``unseen`` are the ends that are not ours; ``traffic`` is False where tables and counters are all that there is to see."""

    unseen: tuple[str, ...] = ()
    traffic: bool = True

    @property
    def words(self) -> str:
        """What follows "verified up" in a sentence; empty if every end was observed, with traffic."""
        side = "from this side only" if self.unseen else ""
        if self.traffic:
            return f" {side}" if side else ""
        return f" by its SAs alone{f', {side}' if side else ''} (that traffic passes is not verified)"

    @property
    def sentence(self) -> str:
        """The same for itself, with the names of the ends; empty where there is nothing to say."""
        said = []
        if self.unseen:
            were = "was" if len(self.unseen) == 1 else "were"
            said.append(f"verified from this side only: {self._not_ours}, and {were} not checked")
        if not self.traffic:
            said.append("that traffic passes is not verified: no address behind the far end is known that answers pings")
        return "; ".join(said)

    @property
    def ahead(self) -> str:
        """The same of a proof that is still to come, as far as it is known by then; empty where there is nothing to say."""
        return f"will be verified from this side only: {self._not_ours}, and will not be checked" if self.unseen else ""

    @property
    def _not_ours(self) -> str:
        return f"{' and '.join(self.unseen)} {'is' if len(self.unseen) == 1 else 'are'} not ours"


#: Every end was looked at, and traffic was sent.
WHOLE = Reach()


def reach_of(foreign: Sequence[Foreign], *, traffic: bool = True) -> Reach:
    """The reach of a proof of a deployment with these ends that are not ours."""
    return Reach(tuple(f"{end.name} ({', '.join(map(str, end.addresses))})" for end in foreign), traffic)
