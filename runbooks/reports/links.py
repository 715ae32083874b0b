"""Which places the services join: the worst of each pair, for a map and a matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...checks.verdict import Verdict, Word

_ORDER = tuple(Word)


class Link(Struct, frozen=True):
    """Two places, in order of name, and the services between them, worst first. ``a`` is ``b`` for a service of one place."""

    a: str
    b: str
    verdicts: tuple[Verdict, ...]

    @property
    def worst(self) -> Verdict:
        """The verdict that the link is drawn with."""
        return self.verdicts[0]

    @property
    def words(self) -> str:
        """For people who do not see the drawing: ``hq, branch: down (2 services)``."""
        places = self.a if self.a == self.b else f"{self.a}, {self.b}"
        more = f" ({len(self.verdicts)} services)" if len(self.verdicts) > 1 else ""
        differs = "" if self.worst.healthy or self.worst.word not in (Word.UP, Word.IDLE) else ", differs from the intent"
        return f"{places}: {self.worst.word.value}{differs}{more}"


def links(verdicts: Iterable[Verdict]) -> tuple[Link, ...]:
    """All links, worst first, then by name. A service of several places joins the first to each of the others."""
    found: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        first, *others = places(verdict)
        for other in others or [first]:
            found.setdefault((min(first, other), max(first, other)), []).append(verdict)
    made = [Link(a, b, tuple(sorted(items, key=badness))) for (a, b), items in found.items()]
    return tuple(sorted(made, key=lambda link: (badness(link.worst), link.a, link.b)))


def places(verdict: Verdict) -> tuple[str, ...]:
    """The places of a service, each once: its sites, else its devices, else its own name."""
    named = verdict.sites or tuple(end.host for end in verdict.ends) or (verdict.name,)
    return tuple(dict.fromkeys(named))


def badness(verdict: Verdict) -> tuple[int, bool]:
    """Sorts the worst first."""
    return -_ORDER.index(verdict.word), verdict.healthy


def degrees(found: Sequence[Link]) -> Counter[str]:
    """Place -> to how many others it is joined; a place on its own has 0."""
    made: Counter[str] = Counter()
    for link in found:
        made[link.a] += link.a != link.b
        made[link.b] += link.a != link.b
    return made
