"""What feeds.yaml declares: every feed can be asked, and addresses can be set."""

from __future__ import annotations

import pytest

from sources.fetching.editions import EditionFeed, months_later
from sources.fetching.feeds import addresses, feeds, is_optional, require_known
from sources.publishers import publisher_of


def test_every_feed_has_a_host_and_goes_by_its_id() -> None:
    hosts = addresses({})
    for feed_id, feed in feeds().items():
        assert feed.feed_id == feed_id
        assert feed.host in hosts


def test_hosts_and_feeds_have_different_names() -> None:
    """`--only` takes either."""
    assert not addresses({}).keys() & feeds().keys()


def test_all_is_asked_for_in_https() -> None:
    for address in addresses({}).values():
        assert address.startswith("https://")
        assert not address.endswith("/")


def test_editions_begin_at_the_end_of_a_month_and_have_a_rhythm() -> None:
    editions = [feed for feed in feeds().values() if isinstance(feed, EditionFeed)]
    assert {feed.feed_id for feed in editions} == {"ba_arbeitslose_monat", "bnetza_breitbandatlas"}
    for feed in editions:
        assert feed.first == months_later(feed.first, 0)
        assert publisher_of(feed.feed_id).rhythm


def test_every_feed_is_of_a_declared_publisher() -> None:
    for feed_id in feeds():
        declared = publisher_of(feed_id)
        assert declared.pattern != "*", feed_id
        assert is_optional(feed_id) or declared.rhythm, feed_id


def test_only_what_serves_the_page_alone_is_optional() -> None:
    assert [feed_id for feed_id in feeds() if is_optional(feed_id)] == ["bkg_boundaries"]
    assert not is_optional("regionalstatistik_12411-01-01-4")


def test_addresses_can_be_set_and_reach_every_part_of_a_feed() -> None:
    override = {"bkg": "http://127.0.0.1:1/a/", "arbeitsagentur": "http://127.0.0.1:2"}
    assert addresses(override)["bkg"] == "http://127.0.0.1:1/a"
    assert addresses(override)["destatis"] == addresses({})["destatis"]
    api = feeds(override)["ba_statistik_api"]
    assert getattr(api, "list_address", "").startswith("http://127.0.0.1:2/Auswahl/")


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("www.example.org", ""),
        ("ftp://example.org", ""),
        ("https://", ""),
        ("https://user:Geheim-7@example.org", "Geheim"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_being_printed(address: str, secret: str) -> None:
    with pytest.raises(ValueError, match="the address of bkg: expected https://host/path, without a login") as caught:
        addresses({"bkg": address})
    assert not secret or secret not in str(caught.value)


def test_an_unknown_publisher_is_named_with_those_known() -> None:
    for ask in (addresses, require_known):
        with pytest.raises(
            ValueError, match="unknown publisher arbeitsagntur; known are arbeitsagentur, statistik_api"
        ):
            ask({"arbeitsagntur": "http://127.0.0.1"})
