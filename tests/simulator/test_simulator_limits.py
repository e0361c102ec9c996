"""Each limit that a page states is kept; what it allows is let through."""

import pytest

from tests.simulator.client import PICTURE, body_for

MANY = [PICTURE] * 15
DATA_URI = "data:image/png;base64,iVBORw0KGgo="

REFUSED = [
    ("maxapi", {"prompt": ""}, 400),
    ("maxapi", {"prompt": None}, 400),
    ("maxapi", {"ratio": "21:9"}, 400),
    ("maxapi", {"resolution": "2K"}, 400),
    ("maxapi", {"imageUrls": ["http://example.com/a.png"]}, 400),
    ("maxapi", {"imageUrls": "https://example.com/a.png"}, 400),
    ("aigptimage", {"prompt": "x" * 20_001}, 422),
    ("aigptimage", {"image_urls": []}, 400),
    ("aigptimage", {"image_urls": MANY[:11]}, 422),
    ("aigptimage", {"image_urls": [DATA_URI]}, 422),
    ("aigptimage", {"image_size": "1:8"}, 422),
    ("aigptimage", {"output_format": "webp"}, 422),
    ("aigptimage", {"nsfw_checker": "yes"}, 422),
    ("liangxin", {"prompt": "x"}, 400),
    ("liangxin", {"prompt": "x" * 3001}, 400),
    ("liangxin", {"image_input": MANY[:2], "reference_images": MANY[:2]}, 400),
    ("liangxin", {"image_input": [PICTURE + "?signed=1"]}, 400),
    ("liangxin", {"image_input": ["data:image/gif;base64,AAAA"]}, 400),
    ("liangxin", {"aspect_ratio": "auto"}, 400),
    ("liangxin", {"resolution": "8K"}, 400),
    ("liangxin", {"output_format": "jpeg"}, 400),
    ("apixo", {"prompt": "x" * 20_001}, 400),
    ("apixo", {"mode": "image-to-image"}, 400),
    ("apixo", {"mode": "image-to-image", "image_urls": MANY}, 400),
    ("apixo", {"mode": "video"}, 400),
    ("apixo", {"aspect_ratio": None}, 400),
    ("apixo", {"resolution": None}, 400),
    ("apixo", {"aspect_ratio": "7:3"}, 400),
    ("apixo", {"output_format": "webp"}, 400),
    ("apixo", {"google_search": "yes"}, 400),
]

ALLOWED = [
    ("maxapi", {"ratio": "3:4", "resolution": "4k", "imageUrls": [PICTURE]}),
    ("maxapi", {"imageUrls": ["http://127.0.0.1:4566/bucket/a.png"]}),
    ("aigptimage", {"prompt": "x" * 20_000, "image_urls": MANY[:10]}),
    ("aigptimage", {"aspect_ratio": "21:9", "output_format": "jpeg", "nsfw_checker": False}),
    ("liangxin", {"prompt": "x" * 3000, "image_input": [DATA_URI], "reference_images": MANY[:2]}),
    ("liangxin", {"aspect_ratio": "21:9", "resolution": "low", "output_format": "png"}),
    ("liangxin", {"image_input": ["http://localhost:4566/bucket/a.webp"]}),
    ("apixo", {"mode": "image-to-image", "image_urls": MANY[:14], "aspect_ratio": "1:8"}),
    ("apixo", {"prompt": "x" * 20_000, "resolution": "2k", "output_format": "jpg"}),
    ("apixo", {"aspect_ratio": "4:1", "google_search": True}),
]


def order(provider, given):
    return body_for(provider, "a lake") | {"input": body_for(provider, "a lake")["input"] | given}


@pytest.mark.parametrize(("provider", "given", "status"), REFUSED)
def test_what_the_page_does_not_allow_is_refused(sim, provider, given, status):
    answer = sim.post(provider, order(provider, given))
    assert answer.status_code == answer.json()["code"] == status


@pytest.mark.parametrize(("provider", "given"), ALLOWED)
def test_what_the_page_allows_is_accepted(sim, provider, given):
    assert sim.post(provider, order(provider, given)).status_code == 200


@pytest.mark.parametrize("provider", ["maxapi", "aigptimage", "liangxin"])
def test_an_unknown_model_is_refused(sim, provider):
    body = body_for(provider, "a lake") | {"model": "banana-9"}
    assert sim.post(provider, body).status_code in (400, 422)


@pytest.mark.parametrize("provider", ["maxapi", "liangxin", "apixo"])
def test_a_plain_http_callback_is_refused(sim, provider):
    body = body_for(provider, "a lake", "http://example.com/hook")
    assert sim.post(provider, body).status_code == 400


def test_apixo_wants_a_url_for_a_callback(sim):
    body = body_for("apixo", "a lake") | {"request_type": "callback"}
    assert sim.post("apixo", body).json()["message"].startswith("callback_url is required")


def test_maxapis_first_model_makes_wide_or_tall_1k_pictures_only(sim):
    for given in ({"ratio": "1:1"}, {"resolution": "2k"}):
        body = order("maxapi", given) | {"model": "nano-banana"}
        assert sim.post("maxapi", body).status_code == 400
    assert sim.post("maxapi", order("maxapi", {}) | {"model": "nano-banana"}).status_code == 200


def test_liangxin_says_which_field_is_missing_in_its_own_words(sim):
    body = {"model": "nano-banana-pro", "input": {}}
    refused = {"code": 400, "msg": "input.prompt is required", "data": None}
    assert sim.post("liangxin", body).json() == refused


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'{"input":{"prompt":"\\ud800"}}'])
def test_a_body_that_is_no_json_object_is_refused(sim, raw):
    key = {"Authorization": "Bearer local-maxapi-key"}
    answer = sim.http.post("/maxapi/api/v1/task/submit", content=raw, headers=key)
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused(sim):
    body = body_for("liangxin", "a lake", image_input=["x" * 34_000_000])
    assert sim.post("liangxin", body).status_code == 413
