"""Pictures: read with care, sent once, saved whole or not at all."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from client.tests.driving import TASK, Drive, says

from plantain_client import Image, PictureDamaged, PictureUnusable, orders, pictures

PNG = b"\x89PNG\r\n\x1a\n and so on"
LINK = "https://api.example.com/u/a.png"
PLACE = {
    "uploadUrl": "https://bucket.example/a.png?signed",
    "method": "PUT",
    "headers": {"Content-Type": "image/png", "Content-Length": str(len(PNG))},
    "link": LINK,
}


def image(**given: Any) -> Image:
    known = {"content_type": "image/png", "width": 1, "height": 1, "bytes": len(PNG)}
    return Image(**{**known, "sha256": hashlib.sha256(PNG).hexdigest(), **given})


def holding(content: bytes) -> httpx.Response:
    return httpx.Response(200, content=content)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    return path


def test_a_file_is_uploaded_and_its_link_is_used(file: Path) -> None:
    steps = orders.order("a cat", {"references": [file, "https://example.com/b.png"]})
    drive = Drive().run(steps, [says(201, PLACE), says(200), says(202, TASK)])
    asked, put, order = drive.calls
    assert asked.json == {"contentType": "image/png", "bytes": len(PNG)}
    assert (put.method, put.url, put.content) == ("PUT", PLACE["uploadUrl"], PNG)
    assert put.headers == PLACE["headers"]
    assert order.json["input"]["imageUrls"] == [LINK, "https://example.com/b.png"]


def test_with_a_key_of_the_caller_s_the_same_order_is_the_same_request(file: Path) -> None:
    options: orders.Options = {"references": [file], "key": "mine"}
    sent = [Drive().run(orders.order("a cat", options), [says(202, TASK)]).calls for _ in range(2)]
    assert sent[0] == sent[1]
    (uri,) = sent[0][0].json["input"]["imageUrls"]
    assert base64.b64decode(uri.removeprefix("data:image/png;base64,")) == PNG


def test_a_file_that_is_no_picture_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("milk, bananas")
    for path in (tmp_path / "notes.txt", tmp_path / "nothing.png", tmp_path):
        with pytest.raises(PictureUnusable, match=path.name):
            Drive().run(orders.order("a cat", {"references": [path]}), [])


@pytest.mark.parametrize(
    ("start", "kind"),
    [(PNG, "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"RIFF\0\0\0\0WEBP", "webp")],
)
def test_a_picture_is_known_by_how_it_begins(start: bytes, kind: str) -> None:
    assert pictures.type_of(start) == f"image/{kind}"


def test_the_lasting_link_is_fetched_or_else_the_url() -> None:
    for given in ({"link": LINK, "url": "https://x"}, {"link": None, "url": LINK}):
        drive = Drive().run(pictures.download(image(**given)), [holding(PNG)])
        assert (drive.calls[0].url, drive.result) == (LINK, PNG)


def test_a_damaged_picture_is_fetched_again() -> None:
    answers = [holding(PNG[:-1]), holding(PNG)]
    assert Drive().run(pictures.download(image(link=LINK)), answers).result == PNG


def test_a_picture_that_stays_damaged_is_not_given_out() -> None:
    with pytest.raises(PictureDamaged):
        Drive().run(pictures.download(image(link=LINK)), [holding(b"other")] * 9)


def test_an_image_without_an_address_is_told_so() -> None:
    with pytest.raises(PictureDamaged, match="no address"):
        Drive().run(pictures.download(image()), [])


def test_a_file_is_there_whole_or_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cat.png"
    pictures.write(path, b"first")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        pictures.write(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
