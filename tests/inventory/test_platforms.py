"""The table of what each model and release can do."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.intent import AUTHENTICATION_ALGORITHMS, ENCRYPTION_ALGORITHMS
from nr_run.inventory.models.platforms import MODELS, platform_for, rows


def test_the_2611_of_the_example() -> None:
    """IOS 12.2(8)T on a 2611: IKEv1, triple DES, SHA-1, group 5 at best, telnet only, 32 KB of NVRAM."""
    platform = platform_for("2611", "12.2(8)T")
    suite = platform.suites[1]
    assert (platform.os, platform.driver) == ("ios", "cisco_ios_telnet")
    assert platform.ike_versions == {1}
    assert suite.ike_encryption == suite.esp_encryption == {"des-cbc", "3des-cbc"}
    assert suite.ike_integrity == {"hmac-md5", "hmac-sha1"}
    assert suite.ike_groups == suite.pfs_groups == {1, 2, 5}
    assert not platform.nat_traversal
    assert (platform.ping, platform.output, platform.undo) == ("dialogue", "ios-12.2", ("reload-in",))
    assert platform.nvram_bytes == 32768
    assert platform_for("3640", "12.2(8)T").nvram_bytes == 128000


@pytest.mark.parametrize(
    ("model", "before", "since", "feature"),
    [
        ("2611", "12.2(11)T", "12.2(13)T", lambda p: "aes-256-cbc" in p.suites[1].ike_encryption),
        ("2611", "12.2(11)T", "12.2(13)T", lambda p: p.nat_traversal),
        ("3640", "12.3(26)", "12.4(1)", lambda p: "configure-replace" in p.undo),
        ("C8000V", "17.11.1", "17.3.1", lambda p: "3des-cbc" in p.suites[1].esp_encryption),
        ("C8000V", "17.3.1", "17.11.1", lambda p: bool(p.allows_old)),
        ("ASA", "8.3(2)", "8.4(1)", lambda p: 2 in p.ike_versions),
        ("ASA", "8.4(7)", "9.0(1)", lambda p: "aes-256-gcm" in p.suites[2].esp_encryption),
        ("ASA", "9.1(7)23", "9.2(1)", lambda p: "eem" in p.undo),
        ("ASA", "9.12(4)", "9.13(1)", lambda p: 14 in p.suites[1].ike_groups),
        ("ASA", "9.19(1)", "9.13(1)", lambda p: "3des-cbc" in p.suites[1].esp_encryption),
        ("ASA", "9.19(1)", "9.13(1)", lambda p: 24 in p.suites[2].ike_groups),
    ],
)
def test_a_feature_comes_and_goes_with_its_release(model: str, before: str, since: str, feature: object) -> None:
    """Each feature is there in the release that has it and not in the one that has it not."""
    assert callable(feature)
    assert feature(platform_for(model, since))
    assert not feature(platform_for(model, before))


def test_ikev2_and_sha2_on_the_881() -> None:
    """IOS 15.4(3)M3 on an 881 speaks IKEv2 with AES, SHA-2 and group 20, and has the revert timer."""
    platform = platform_for("881", "15.4(3)M3")
    assert "aes-256-cbc" in platform.suites[2].ike_encryption
    assert "hmac-sha256" in platform.suites[2].ike_integrity
    assert 20 in platform.suites[2].ike_groups
    assert platform.undo[0] == "revert-timer"
    assert platform.output == "ios-15"


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_in_order_and_each_has_its_sentence_and_source(model: str) -> None:
    """The history of a model goes forward, and every row says what it brings and where that is written."""
    for old, new in pairwise(rows(model)):
        assert old.release < new.release
    for row in rows(model):
        assert row.note.endswith(".")
        assert row.source.endswith(".")


@pytest.mark.parametrize("model", MODELS)
def test_every_value_is_one_that_an_intent_can_have(model: str) -> None:
    """Platform facts and intent speak the same words."""
    for row in rows(model):
        for suite in row.suites.values():
            assert suite.ike_encryption | suite.esp_encryption <= set(ENCRYPTION_ALGORITHMS)
            assert suite.ike_integrity | suite.esp_integrity <= set(AUTHENTICATION_ALGORITHMS)


@pytest.mark.parametrize(
    ("model", "release", "sentence"),
    [
        ("2610", "12.2(8)T", r"^model '2610' is not known \(did you mean 2611\?\)$"),
        ("c8000v", "17.3.1", r"^model 'c8000v' is not known \(did you mean C8000V\?\)$"),
        (
            "2611",
            "12.1(5)T",
            r"^release 12\.1\(5\)T of model 2611 is not known \(known: from 12\.2\(8\)T to before 12\.3\(1\)T\)$",
        ),
        ("2611", "12.3(1)T", r"^release 12\.3\(1\)T of model 2611 is not known"),
        ("2611", "15.1(4)M", r"^release 15\.1\(4\)M of model 2611 is not known"),
        ("ASA", "7.2(4)", r"^release 7\.2\(4\) of model ASA is not known \(known: from 8\.0\(2\)\)$"),
        ("881", "newest", r"^'newest' is not a release"),
    ],
)
def test_nothing_is_guessed_about_the_unknown(model: str, release: str, sentence: str) -> None:
    """A model or release outside of the table is refused with what is known."""
    with pytest.raises(IntentError, match=sentence):
        platform_for(model, release)
