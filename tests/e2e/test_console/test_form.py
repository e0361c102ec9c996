"""The console's form: what may be asked for, and what is said of the rest before it is sent."""

from playwright.sync_api import Route, expect

from tests.e2e.console import Console
from tests.unit.samples import picture


def test_what_nobody_can_make_is_said_before_it_is_sent(console: Console) -> None:
    page, sent = console.page, list[str]()
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("radio", name="21:9").check()
    page.get_by_role("radio", name="1K").check()
    page.get_by_label("Prompt", exact=True).fill("a lamp")
    expect(page.get_by_text("Nobody can make this as it is.")).to_be_visible()
    expect(page.locator("#wrong-aspectRatio")).to_contain_text("maxapi does not make this shape")
    page.get_by_role("button", name="Make it").click()
    assert "POST" not in sent
    page.get_by_role("radio", name="16:9").check()
    expect(page.get_by_text("is asked first")).to_contain_text("maxapi")
    page.get_by_label("Prompt", exact=True).fill(" ")
    expect(page.locator("#wrong-prompt")).not_to_be_empty()


def test_what_the_api_refuses_is_said_where_it_belongs(console: Console) -> None:
    page = console.page
    page.get_by_label("Link to a picture").fill("http://127.0.0.1/secret.png")
    page.get_by_label("Link to a picture").press("Enter")
    page.get_by_label("Prompt", exact=True).fill("a lamp")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.locator("#wrong-imageUrls")).to_contain_text("https://")


def test_a_reference_is_uploaded_and_shown(console: Console) -> None:
    page = console.page
    page.get_by_label("Pictures to upload").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": picture(size=(64, 64))}
    )
    reference = page.get_by_role("img", name="Reference 1")
    expect(reference).to_have_js_property("naturalWidth", 64)
    task = console.cloud.show(console.make("a cat [sim:fast]"))
    assert task["input"]["imageUrls"][0].startswith(f"{console.cloud.url}/u/")
    page.get_by_label("Pictures to upload").set_input_files(
        {"name": "cat.txt", "mimeType": "text/plain", "buffer": b"a cat"}
    )
    expect(page.locator("#wrong-imageUrls")).to_contain_text("cat.txt is no PNG")


DROP = """(bytes) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(bytes)], "cat.png", { type: "image/png" }));
    const options = { dataTransfer: dropped, bubbles: true, cancelable: true };
    return !document.querySelector("h1").dispatchEvent(new DragEvent("drop", options));
}"""


def test_a_picture_is_a_reference_wherever_it_is_dropped(console: Console) -> None:
    page, cat = console.page, list(picture(size=(64, 64)))
    assert page.evaluate(DROP, cat), "the browser would show it in place of the page"
    expect(page.get_by_role("img", name="Reference 1")).to_have_js_property("naturalWidth", 64)
    page.get_by_role("link", name="Gallery").click()
    page.get_by_role("heading", name="Gallery").wait_for(state="attached")
    sent = list[str]()
    page.on("request", lambda r: sent.append(r.url))
    assert page.evaluate(DROP, cat)
    with page.expect_response("**/v1/overview*"):
        page.get_by_role("link", name="Overview").click()
    assert not any(url.endswith("/v1/uploads") for url in sent)


def test_nothing_is_ordered_without_the_reference_that_is_still_on_its_way(
    console: Console,
) -> None:
    page, held, sent = console.page, list[Route](), list[str]()
    page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
    page.route("**/v1/uploads", lambda route: held.append(route))
    page.get_by_label("Prompt", exact=True).fill("a cat [sim:fast]")
    cat = {"mimeType": "image/png", "buffer": picture(size=(64, 64))}
    text = {"name": "cat.txt", "mimeType": "text/plain", "buffer": b"a cat"}
    page.get_by_label("Pictures to upload").set_input_files([text, {"name": "cat.png", **cat}])
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("#wrong-imageUrls")).to_contain_text("Wait until")
    assert not any(url.endswith("/v1/tasks") for url in sent)
    console.soon(held).continue_()
    expect(page.get_by_role("img", name="Reference 1")).to_be_visible()
    expect(page.locator("#wrong-imageUrls")).to_have_text("cat.txt is no PNG, JPEG or WebP.")


def test_a_reference_that_cannot_be_shown_can_still_be_ordered(console: Console) -> None:
    page = console.page
    page.route("https://pictures.example/**", lambda route: route.fulfill(body=b"no picture"))
    page.get_by_label("Link to a picture").fill("https://pictures.example/cat.png")
    page.get_by_label("Link to a picture").press("Enter")
    expect(page.get_by_text("No preview")).to_be_visible()
    page.get_by_role("button", name="Remove reference 1").click()
    expect(page.get_by_text("No preview")).to_have_count(0)
