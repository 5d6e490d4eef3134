"""Whose sockets end when rights change, and what is shown of a dashboard that was never published."""

from __future__ import annotations

import pytest

from nowboard.access.affected import note_user
from nowboard.access.published import published_document
from nowboard.errors import NotFound
from nowboard.model.wire import CloseCode
from tests.access.people import ACME, EARLIER, LATER, NOW, People


@pytest.mark.parametrize(
    ("code", "of_tokens"),
    [
        (CloseCode.REVOKED, CloseCode.REVOKED),
        (CloseCode.RESTART, CloseCode.RESTART),
        # a token comes back with the rights that it has left, as nobody signs in with it
        (CloseCode.SIGN_IN, CloseCode.RESTART),
    ],
)
def test_a_change_reaches_the_user_and_the_usable_tokens(people: People, code: int, of_tokens: int) -> None:
    people.user("ann")
    people.user("bob")
    people.token("lasting", owner="ann", expires_at=LATER)
    people.token("plain", owner="ann")
    people.token("over", owner="ann", expires_at=EARLIER)
    people.token("revoked", owner="ann", revoked_at=EARLIER)
    people.token("another", owner="bob")
    people.token("nobody")
    people.call(note_user, "ann", code, "the role changed", NOW)
    assert sorted(people.changes()) == [
        ("ann", code, "the role changed"),
        ("lasting", of_tokens, "the role changed"),
        ("plain", of_tokens, "the role changed"),
    ]
    assert people.changed_at() == {NOW}


def test_a_published_version_is_shown_and_nothing_else(people: People) -> None:
    people.dashboard(document={"title": "Ours"})
    people.dashboard(organisation="other", document={"title": "Theirs"})
    people.dashboard("draft", published=False)
    assert people.call(published_document, ACME, "sales", 1)["title"] == "Ours"
    assert people.call(published_document, "other", "sales", 1)["title"] == "Theirs"
    for name, number in (("sales", 2), ("sales", None), ("draft", 1), ("nothing", 1)):
        with pytest.raises(NotFound) as refused:
            people.call(published_document, ACME, name, number)
        assert refused.value.code == "not_published"
        message = f"dashboard {name!r} was never published, so there is nothing to show to others"
        assert refused.value.message == message
