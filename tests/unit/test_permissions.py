"""The comparison of roles with what was seen fails both ways."""

from tests.e2e.permissions import Permission, missing, unused

BUCKET = "arn:aws:s3:::pictures"
MAY = Permission("Remove", "s3:DeleteObject", f"{BUCKET}/*")
DID = Permission("Remove", "s3:DeleteObject", f"{BUCKET}/alice/1.png")


def test_what_is_allowed_and_done_is_right() -> None:
    assert missing({MAY}, {DID}) == unused({MAY}, {DID}) == []


def test_what_was_done_by_another_to_another_or_otherwise_is_not_allowed() -> None:
    others = {
        Permission("Submit", DID.action, DID.resource),
        Permission("Remove", "s3:GetObject", DID.resource),
        Permission("Remove", DID.action, BUCKET),
    }
    assert missing({MAY}, {DID, *others}) == sorted(others)


def test_what_nobody_did_is_not_needed() -> None:
    more = Permission("Remove", "s3:ListBucket", BUCKET)
    assert unused({MAY, more}, {DID}) == [more]
    assert unused({MAY}, set()) == [MAY]
