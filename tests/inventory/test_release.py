"""Release numbers of IOS, IOS-XE and ASA and their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.errors import IntentError
from nr_run.inventory.models.release import Release

CLASSIC = st.builds(
    "{}.{}({}{}){}".format,
    st.integers(8, 15),
    st.integers(0, 20),
    st.integers(1, 46),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "T", "T4", "M", "M3", "S1a", "XA", "7"]),
)
DOTTED = st.builds("{}.{}.{}{}".format, st.integers(16, 18), st.integers(1, 18), st.integers(1, 9), st.sampled_from(["", "a"]))
RELEASES = (CLASSIC | DOTTED).map(Release.parse)

IN_ORDER = [
    "8.0(2)",
    "8.4(1)",
    "9.1(7)",
    "9.1(7)23",
    "9.8(1)",
    "9.15(1)",
    "9.19(1)",
    "9.19(1)27",
    "12.2(8)",
    "12.2(46)",
    "12.2(8)T",
    "12.2(8)T4",
    "12.2(13)T",
    "12.2(15)T",
    "12.3(1)",
    "12.3(26)",
    "12.3(4)T",
    "12.4(1)",
    "12.4(20)T",
    "15.1(1)T",
    "15.4(2)T",
    "15.4(3)M",
    "15.4(3)M3",
    "15.4(3)M10",
    "16.12.5",
    "17.3.4",
    "17.03.04a",
    "17.11.1",
    "17.11.1a",
]


def test_the_order_is_that_of_features() -> None:
    """Releases sort by what they have: the T train comes after all of its mainline, and 13 after 8."""
    assert [str(release) for release in sorted(map(Release.parse, reversed(IN_ORDER)))] == IN_ORDER


@given(a=RELEASES, b=RELEASES)
def test_the_order_is_total(a: Release, b: Release) -> None:
    """Of two releases exactly one of less, equal and greater is true."""
    assert [a < b, a == b, a > b].count(True) == 1
    assert (a <= b) == (a < b or a == b)


@given(a=RELEASES, b=RELEASES, c=RELEASES)
def test_the_order_is_transitive(a: Release, b: Release, c: Release) -> None:
    """A release before one that is before a third is before the third."""
    low, middle, high = sorted((a, b, c))
    assert low <= middle <= high
    assert low <= high


@given(release=RELEASES)
def test_a_release_is_read_as_it_is_shown(release: Release) -> None:
    """The text of a release gives the same release, and equal releases have equal hashes."""
    again = Release.parse(str(release))
    assert again == release
    assert hash(again) == hash(release)


def test_leading_zeros_do_not_count() -> None:
    """IOS-XE writes 17.03.04a in show version and 17.3.4a in its release notes."""
    assert Release.parse("17.03.04a") == Release.parse("17.3.4a")


@pytest.mark.parametrize(
    "text", ["", "12.2", "12.2(8", "12.2(8)T ", "Version 12.2(8)T", "17.11", "latest", "12.2(8)t", "12.2(8)TTTT"]
)
def test_what_is_no_release_is_refused(text: str) -> None:
    """Text that does not name one release is refused with an example of each form."""
    with pytest.raises(IntentError, match=r"is not a release: write it as show version does, such as 12\.2\(8\)T"):
        Release.parse(text)
