"""The pictures are real, of the asked size, and spoiled only when asked."""

from io import BytesIO

import httpx
import pytest
from PIL import Image

from tests.simulator.client import PROVIDERS

PNG = b"\x89PNG\r\n\x1a\n"


def fetch(sim, marker, provider="maxapi", **given):
    url = sim.picture_urls(provider, sim.prompt(f"[sim: fast {marker}]"), **given)[0]
    return sim.http.get(url)


@pytest.mark.parametrize(
    ("provider", "given", "size", "kind"),
    [
        ("maxapi", {"ratio": "16:9", "resolution": "2k"}, (2048, 1152), "PNG"),
        ("aigptimage", {"image_size": "3:4", "output_format": "jpeg"}, (768, 1024), "JPEG"),
        ("aigptimage", {"image_size": "auto"}, (1024, 1024), "PNG"),
        ("liangxin", {"aspect_ratio": "21:9", "resolution": "low"}, (1024, 439), "PNG"),
        ("liangxin", {}, (2048, 2048), "PNG"),
        ("apixo", {"aspect_ratio": "1:8", "resolution": "4k"}, (512, 4096), "PNG"),
        ("apixo", {"output_format": "jpg"}, (1024, 1024), "JPEG"),
    ],
)
def test_a_picture_has_the_asked_ratio_size_and_format(sim, provider, given, size, kind):
    answer = fetch(sim, "", provider, **given)
    picture = Image.open(BytesIO(answer.content))
    picture.load()
    assert (picture.size, picture.format) == (size, kind)
    assert answer.headers["Content-Type"] == f"image/{kind.lower()}"


def test_two_pictures_differ_and_one_stays_the_same(sim):
    first, second = sim.picture_urls("maxapi", sim.prompt("[sim: images=2]"))
    assert sim.http.get(first).content == sim.http.get(first).content
    assert sim.http.get(first).content != sim.http.get(second).content


@pytest.mark.parametrize("provider", PROVIDERS)
def test_any_script_can_be_drawn(sim, provider):
    urls = sim.picture_urls(provider, "一只香蕉 🍌 \u202e\x07 موزة\n\nbanane " + "w" * 2000)
    assert sim.http.get(urls[0]).content.startswith(PNG)


@pytest.mark.parametrize(
    ("word", "status", "kind", "start"),
    [
        ("expired", 410, "text/plain", b"The file"),
        ("missing", 404, "text/plain", b"No such"),
        ("html", 200, "text/html", b"<html"),
        ("svg", 200, "image/svg+xml", b"<svg"),
        ("wrong-type", 200, "text/html", PNG),
        ("empty", 200, "image/png", b""),
        ("bomb", 200, "image/png", PNG),
    ],
)
def test_a_file_can_be_something_else(sim, word, status, kind, start):
    answer = fetch(sim, f"image={word}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith(kind)
    assert answer.content.startswith(start)


def test_a_truncated_file_ends_before_its_announced_length(sim):
    with pytest.raises(httpx.RemoteProtocolError):
        fetch(sim, "image=truncated")


def test_a_cut_file_arrives_whole_and_is_no_picture(sim):
    answer = fetch(sim, "image=cut")
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(OSError, match="truncated"):
        Image.open(BytesIO(answer.content)).load()


def test_a_huge_file_does_not_end_before_64_megabytes(sim):
    url, size = sim.picture_urls("maxapi", sim.prompt("[sim: image=huge]"))[0], 0
    with sim.http.stream("GET", url) as answer:
        for chunk in answer.iter_raw():
            size += len(chunk)
            if size > 64 * 1024 * 1024:
                break
    assert size > 64 * 1024 * 1024


def test_a_slow_file_drips(sim):
    url = sim.picture_urls("maxapi", sim.prompt("[sim: image=slow]"))[0]
    with sim.http.stream("GET", url) as answer:
        assert len(next(answer.iter_raw())) < int(answer.headers["Content-Length"])


def test_a_flaky_file_fails_once(sim):
    url = sim.picture_urls("maxapi", sim.prompt("[sim: image=flaky]"))[0]
    assert [sim.http.get(url).status_code for _ in range(2)] == [500, 200]


def test_a_file_can_lead_to_a_private_address(sim):
    assert fetch(sim, "image=redirect").headers["Location"].startswith("http://169.254.169.254/")
    urls = sim.picture_urls("maxapi", sim.prompt("[sim: image=private]"))
    assert urls[0].startswith("http://169.254.169.254/")


def test_an_unknown_file_is_not_found(sim):
    assert sim.http.get("/files/guess.png").status_code == 404
