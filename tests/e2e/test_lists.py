"""An owner's tasks, newest first, a page at a time."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.cloud import Cloud, eventually

COUNT = 5


@pytest.fixture(scope="module")
def reader(cloud: Cloud) -> httpx.Client:
    """The API, for an owner who has some ended tasks and nothing else."""
    api = cloud.api_of(cloud.make_key("reader"))
    for number in range(COUNT):
        fails = number == COUNT - 2
        way = cloud.way("apixo", "nano-banana-2") if number == 0 else cloud.way("maxapi")
        body = cloud.body(way, "refuse=400" if fails else "fast")
        assert api.post("/v1/tasks", json=body).status_code == 202
    ended = {"succeeded", "failed"}
    eventually(
        lambda: api.get("/v1/tasks").json()["tasks"],
        lambda tasks: {task["status"] for task in tasks} <= ended,
    )
    return api


def pages(api: httpx.Client, **query: str | int) -> Iterator[list[dict[str, object]]]:
    cursor = None
    while True:
        wanted = {**query, **({"cursor": cursor} if cursor else {})}
        page = api.get("/v1/tasks", params=wanted).json()
        yield page["tasks"]
        if (cursor := page["cursor"]) is None:
            return


def test_a_list_is_newest_first(reader: httpx.Client) -> None:
    page = reader.get("/v1/tasks").json()
    made = [task["createdAt"] for task in page["tasks"]]
    assert len(made) == COUNT
    assert made == sorted(made, reverse=True)
    assert page["cursor"] is None


def test_a_listed_task_is_shown_like_a_single_one(reader: httpx.Client) -> None:
    for listed in reader.get("/v1/tasks").json()["tasks"]:
        single = reader.get(f"/v1/tasks/{listed['taskId']}").json()
        for task in (listed, single):
            for image in task["images"]:
                assert httpx.get(image.pop("url")).status_code == 200
                if thumbnail := image.pop("thumbnail"):  # made soon after the picture
                    assert httpx.get(thumbnail).status_code == 200
        assert listed == single


@pytest.mark.parametrize("limit", [1, 2, 3, COUNT, 100])
def test_pages_join_to_the_whole(reader: httpx.Client, limit: int) -> None:
    whole = [task["taskId"] for task in reader.get("/v1/tasks").json()["tasks"]]
    read = list(pages(reader, limit=limit))
    assert [task["taskId"] for page in read for task in page] == whole
    assert all(len(page) <= limit for page in read)


@pytest.mark.parametrize(("status", "count"), [("succeeded", COUNT - 1), ("failed", 1)])
@pytest.mark.parametrize("limit", [1, 20])
def test_a_status_picks_out(reader: httpx.Client, status: str, count: int, limit: int) -> None:
    tasks = [task for page in pages(reader, status=status, limit=limit) for task in page]
    assert [task["status"] for task in tasks] == [status] * count


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"provider": "apixo"}, [0]),
        ({"model": "nano-banana-2"}, [0]),
        ({"provider": "maxapi"}, [4, 3, 2, 1]),
        ({"provider": "maxapi", "status": "succeeded"}, [4, 2, 1]),
        ({"provider": "apixo", "status": "failed"}, []),
        ({"model": "nano-banana-pro"}, []),
    ],
)
@pytest.mark.parametrize("limit", [2, 20])
def test_filters_pick_out_together(
    reader: httpx.Client, query: dict[str, str], numbers: list[int], limit: int
) -> None:
    """Numbers are in the order in which the tasks were ordered."""
    whole = [task["taskId"] for task in reader.get("/v1/tasks").json()["tasks"]][::-1]
    tasks = [task for page in pages(reader, **query, limit=limit) for task in page]
    assert [task["taskId"] for task in tasks] == [whole[number] for number in numbers]


def test_a_span_of_time_picks_out(reader: httpx.Client) -> None:
    whole = reader.get("/v1/tasks").json()["tasks"]
    second, last = whole[1]["createdAt"], whole[-1]["createdAt"]
    span = {"createdAfter": last, "createdBefore": second}
    found = [task["taskId"] for page in pages(reader, **span, limit=2) for task in page]
    assert found == [task["taskId"] for task in whole[1:]]
    for nothing in ({"createdBefore": "2020-01-01"}, {"createdAfter": "2100-01-01T00:00:00Z"}):
        page = reader.get("/v1/tasks", params=nothing).json()
        assert page == {"tasks": [], "cursor": None}


@pytest.mark.parametrize("status", ["queued", "processing", "cancelled"])
def test_a_status_that_no_task_has_gives_none(reader: httpx.Client, status: str) -> None:
    page = reader.get("/v1/tasks", params={"status": status}).json()
    assert page == {"tasks": [], "cursor": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "done"), ("status", ""), ("status", "submitted"), ("limit", "0")]
    + [("limit", value) for value in ("101", "-1", "x", "1.5", "", "9" * 30)]
    + [("model", "dall-e"), ("provider", "nobody"), ("createdAfter", "yesterday")],
)
def test_a_bad_query_is_told(reader: httpx.Client, field: str, value: str) -> None:
    answer = reader.get("/v1/tasks", params={field: value})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["allowed"]


@pytest.mark.parametrize("cursor", ["x", "%00", "e30", "bnVsbA", "WzEsMl0", "é"])
def test_a_bad_cursor_is_told(reader: httpx.Client, cursor: str) -> None:
    answer = reader.get("/v1/tasks", params={"cursor": cursor})
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_cursor_opens_no_other_list(cloud: Cloud, reader: httpx.Client) -> None:
    cursor = reader.get("/v1/tasks", params={"limit": 1}).json()["cursor"]
    nobody = cloud.api_of(cloud.make_key("nobody"))
    assert nobody.get("/v1/tasks").json() == {"tasks": [], "cursor": None}
    page = nobody.get("/v1/tasks", params={"cursor": cursor}).json()
    assert page == {"tasks": [], "cursor": None}
