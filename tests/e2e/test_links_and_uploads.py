"""Pictures by link, without a key: those that were made, and those that are to be worked from."""

import base64
import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.cloud import Cloud, Placed, Way
from tests.e2e.ends import End, assert_ends

TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/webp": b"RIFF\x24\x00\x00\x00WEBP",
}
BASE64 = re.compile(r"[A-Za-z0-9+/]{257,}")
LARGEST_BODY = 5 * 1024 * 1024
PROVIDERS = ("maxapi", "apixo", "liangxin", "aigptimage")


def a_picture(content_type: str = "image/png", size: int = 2000) -> bytes:
    """Begins like a picture, and was never there before."""
    start = STARTS[content_type]
    return start + secrets.token_bytes(size - len(start))


def uri(content: bytes, content_type: str = "image/png") -> str:
    return f"data:{content_type};base64,{base64.b64encode(content).decode()}"


def edits(cloud: Cloud) -> list[Way]:
    """One way of each provider to make a picture from pictures."""
    return [cloud.way(name, mode="image-to-image") for name in PROVIDERS]


def invite(cloud: Cloud, content_type: str, size: int) -> dict[str, Any]:
    sent = {"contentType": content_type, "bytes": size}
    answer = cloud.api.post("/v1/uploads", json=sent)
    assert answer.status_code == 201, answer.text
    place: dict[str, Any] = answer.json()
    return place


def upload(cloud: Cloud, content: bytes, content_type: str = "image/png") -> str:
    """A reference, uploaded as a browser would; its link."""
    place = invite(cloud, content_type, len(content))
    put = cloud.web.request(
        place["method"], place["uploadUrl"], headers=place["headers"], content=content
    )
    assert put.status_code == 200, put.text
    link: str = place["link"]
    return link


def follow(cloud: Cloud, link: str) -> httpx.Response:
    return cloud.web.get(link, follow_redirects=True)


def assert_leads_nowhere(answer: httpx.Response) -> None:
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "link_not_found"


# ── what was made ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def made(cloud: Cloud) -> dict[str, Any]:
    return cloud.wait(cloud.order(cloud.way("maxapi"), "images=2").task_id)


def test_a_picture_is_seen_by_its_link_alone(cloud: Cloud, made: dict[str, Any]) -> None:
    for image in made["images"]:
        seen = follow(cloud, image["link"])
        assert seen.headers["content-type"] == image["contentType"]
        assert hashlib.sha256(seen.content).hexdigest() == image["sha256"]


def test_a_link_is_a_detour_that_a_page_may_take_and_keep_for_a_while(
    cloud: Cloud, made: dict[str, Any]
) -> None:
    answer = cloud.web.get(made["images"][0]["link"], headers={"Origin": "https://app.test"})
    assert answer.status_code == 302
    assert answer.headers["access-control-allow-origin"] in ("*", "https://app.test")
    signed = parse_qs(urlsplit(answer.headers["location"]).query)
    age = re.fullmatch(r"private, max-age=(\d+)", answer.headers["cache-control"])
    assert age is not None
    assert int(age[1]) < int(signed["X-Amz-Expires"][0]) <= 900


def test_a_link_can_be_asked_about(cloud: Cloud, made: dict[str, Any]) -> None:
    image = made["images"][0]
    seen = cloud.web.head(image["link"], follow_redirects=True)
    assert seen.status_code == 200
    assert int(seen.headers["content-length"]) == image["bytes"]


def test_the_link_is_the_same_wherever_it_is_told(cloud: Cloud, made: dict[str, Any]) -> None:
    (event, *_) = cloud.events(made["taskId"])
    told = [image["link"] for image in event.body["data"]["images"]]
    assert told == [image["link"] for image in cloud.show(made["taskId"])["images"]]


def test_a_wrong_link_leads_nowhere_and_never_says_why(cloud: Cloud, made: dict[str, Any]) -> None:
    link = made["images"][0]["link"]
    base, task_id, number, file = link.rsplit("/", 3)
    token = file.removesuffix(".png")
    other = secrets.token_urlsafe(16)
    wrong = [
        f"{base}/{task_id}/{number}/{other}.png",
        f"{base}/{task_id}/{number}/{token}.jpg",
        f"{base}/{task_id}/{number}/{token}",
        f"{base}/{task_id}/2/{file}",
        f"{base}/{task_id}/-1/{file}",
        f"{base}/{task_id}/x/{file}",
        f"{base}/tsk_{'a' * 26}/{number}/{file}",
        f"{base}/{task_id}/{number}/%C3%A9.png",
    ]
    answers = [cloud.web.get(each) for each in wrong]
    for answer in answers:
        assert_leads_nowhere(answer)
    assert len({answer.text for answer in answers}) == 1


def test_a_link_dies_with_its_task(cloud: Cloud) -> None:
    task = cloud.wait(cloud.order(cloud.way("maxapi")).task_id)
    cloud.delete(task["taskId"])
    assert_leads_nowhere(cloud.web.get(task["images"][0]["link"]))


# ── what is uploaded ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", TYPES)
def test_an_upload_is_seen_by_its_link(cloud: Cloud, ending: str) -> None:
    content = a_picture(TYPES[ending])
    link = upload(cloud, content, TYPES[ending])
    seen = follow(cloud, link)
    assert link.endswith(f".{ending}")
    assert (seen.content, seen.headers["content-type"]) == (content, TYPES[ending])
    assert cloud.web.head(link, follow_redirects=True).status_code == 200


def test_every_provider_takes_the_link_of_an_upload(cloud: Cloud) -> None:
    content = a_picture("image/jpeg")
    link = upload(cloud, content, "image/jpeg")
    placed = [cloud.order(way, imageUrls=[link]) for way in edits(cloud)]
    for order in placed:
        task = assert_ends(cloud, order, End())
        assert task["input"]["imageUrls"] == [link]
        assert follow(cloud, link).content == content


def test_a_place_that_nothing_was_put_in_is_empty(cloud: Cloud) -> None:
    link = invite(cloud, "image/png", 5)["link"]
    assert_leads_nowhere(cloud.web.get(link))
    answer = cloud.submit(cloud.body(cloud.way("maxapi"), imageUrls=[link]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "input.imageUrls.0"


@pytest.mark.parametrize(
    "file", ["x.png", f"{'a' * 32}.png", f"{'a' * 32}.gif", f"{'a' * 32}", "%C3%A9.png"]
)
def test_a_wrong_upload_link_leads_nowhere(cloud: Cloud, file: str) -> None:
    assert_leads_nowhere(cloud.web.get(f"{cloud.url}/u/{file}"))


def test_an_upload_needs_a_key_and_fits(cloud: Cloud) -> None:
    good = {"contentType": "image/png", "bytes": 1}
    assert cloud.api_of(None).post("/v1/uploads", json=good).status_code == 401
    for wrong in ({"bytes": 10_000_001}, {"bytes": 0}, {"contentType": "image/gif"}, {"x": 1}):
        answer = cloud.api.post("/v1/uploads", json=good | wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] in wrong


# ── what comes inside a request ──────────────────────────────────────────────────────────────────


def test_a_data_uri_goes_the_way_of_a_link_with_every_provider(cloud: Cloud) -> None:
    content = a_picture("image/webp")
    data = uri(content, "image/webp")
    for order in [cloud.order(way, imageUrls=[data]) for way in edits(cloud)]:
        task = assert_ends(cloud, order, End())
        (link,) = task["input"]["imageUrls"]
        assert link.startswith(f"{cloud.url}/u/")
        assert link.endswith(".webp")
        assert follow(cloud, link).content == content
        assert_nothing_kept(cloud, order, data)


def assert_nothing_kept(cloud: Cloud, order: Placed, data: str) -> None:
    """The picture's text is nowhere but in the request that brought it."""
    events = [event.body for event in cloud.events(order.task_id)]
    seen = [order.answer, cloud.show(order.task_id), cloud.aws.items(order.task_id), events]
    for text in map(json.dumps, seen):
        assert not BASE64.search(text)
    log = (cloud.directory / "logs/functions.log").read_text()
    assert data[100:300] not in log
    assert not BASE64.search(log)


def test_what_is_sent_to_a_provider_is_the_link(cloud: Cloud) -> None:
    order = cloud.order(cloud.way("aigptimage"), imageUrls=[uri(a_picture())])
    (entry,) = cloud.ledger(order.prompt)
    job = cloud.web.get(
        f"{cloud.upstream}/aigptimage/api/v1/jobs/recordInfo",
        params={"taskId": entry["taskId"]},
        headers={"Authorization": "Bearer local-aigptimage-key"},
    ).json()
    sent = json.loads(job["data"]["param"])["input"]["image_urls"]
    assert sent == cloud.show(order.task_id)["input"]["imageUrls"]


def test_links_and_data_uris_may_be_mixed_and_keep_their_order(cloud: Cloud) -> None:
    first, second = upload(cloud, a_picture()), "https://example.com/a.png"
    urls = [first, uri(a_picture()), second, uri(a_picture("image/jpeg"), "image/jpeg")]
    shown = cloud.order(cloud.way("maxapi"), imageUrls=urls).answer["input"]["imageUrls"]
    assert [shown[0], shown[2]] == [first, second]
    assert [shown[1][-4:], shown[3][-4:]] == [".png", ".jpg"]


def test_the_same_data_uri_and_key_again_is_the_same_task(cloud: Cloud) -> None:
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = cloud.body(cloud.way("maxapi"), imageUrls=[uri(a_picture())])
    first, second = cloud.place(body, **key), cloud.place(body, **key)
    assert first.task_id == second.task_id
    assert first.answer["input"] == second.answer["input"]
    assert len(cloud.ledger(first.prompt)) == 1
    body["input"]["imageUrls"] = [uri(a_picture())]
    other = cloud.submit(body, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "url",
    [
        uri(a_picture(), "image/jpeg"),
        uri(a_picture(), "image/gif"),
        uri(b"<svg/>", "image/svg+xml"),
        uri(a_picture())[:-1] + "-",
        "data:image/png;base64,",
        "data:text/html,hello",
    ],
    ids=["another type", "gif", "svg", "no base64", "empty", "no picture"],
)
def test_a_data_uri_that_is_no_picture_is_refused(cloud: Cloud, url: str) -> None:
    answer = cloud.submit(cloud.body(cloud.way("maxapi"), imageUrls=[url]))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "input.imageUrls.0"
    assert not BASE64.search(answer.text)


def test_a_request_may_hold_so_much_and_no_more(cloud: Cloud) -> None:
    body = cloud.body(cloud.way("maxapi"), imageUrls=[])
    room = LARGEST_BODY - len(json.dumps(body)) - 100
    body["input"]["imageUrls"] = [uri(a_picture(size=room * 3 // 4))]
    assert cloud.submit(body).status_code == 202
    body["input"]["imageUrls"] = [uri(a_picture(size=LARGEST_BODY))]
    answer = cloud.submit(body)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_a_stranger_s_address_is_no_link_of_ours(cloud: Cloud) -> None:
    link = upload(cloud, a_picture())
    for other in (link.replace("/u/", "/i/"), link.replace("127.0.0.1", "127.0.0.2"), f"{link}?x"):
        answer = cloud.submit(cloud.body(cloud.way("maxapi"), imageUrls=[other]))
        assert answer.status_code == 422, other
