"""Workers that die in the middle: the task is found again, and nothing is bought twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.cloud import Cloud, Placed, eventually
from tests.e2e.ends import End, assert_ends

SLOWLY = "fast image=slow"  # a kilobyte a second, so the picture is a small one
SMALL = {"aspectRatio": "8:1", "outputFormat": "jpeg"}


def kill(cloud: Cloud, function: str) -> None:
    for worker in cloud.workers(function):
        worker.kill()


def sent(cloud: Cloud, prompt: str) -> None:
    eventually(lambda: cloud.ledger(prompt), bool)


def test_while_a_picture_is_stored(hasty_cloud: Cloud) -> None:
    order = hasty_cloud.order(hasty_cloud.way("apixo"), SLOWLY, **SMALL)
    eventually(lambda: hasty_cloud.ledger(order.prompt)[0]["fileFetches"], bool)
    kill(hasty_cloud, "Advance")
    assert_ends(hasty_cloud, order, End())
    assert hasty_cloud.ledger(order.prompt)[0]["fileFetches"] >= 2


def test_while_a_provider_is_asked_to_make_it(hasty_cloud: Cloud) -> None:
    """Nobody knows the job's id; its webhook tells it, or else it may have been charged."""
    told = hasty_cloud.body(hasty_cloud.way("maxapi"), "hang=60 slow=8")
    silent = hasty_cloud.body(hasty_cloud.way("liangxin"), "hang=60 webhook=lose")
    keys = {"told": told, "silent": silent}
    with ThreadPoolExecutor(len(keys)) as pool:
        answers = [
            pool.submit(hasty_cloud.submit, body, **{"Idempotency-Key": key})
            for key, body in keys.items()
        ]
        for body in keys.values():
            sent(hasty_cloud, body["input"]["prompt"])
        kill(hasty_cloud, "Submit")
        assert {answer.result().status_code for answer in answers} <= {500, 502, 503, 504}
    again = {key: repeated(hasty_cloud, body, key) for key, body in keys.items()}
    assert {order.answer["status"] for order in again.values()} == {"processing"}
    assert_ends(hasty_cloud, again["told"], End())
    assert_ends(hasty_cloud, again["silent"], End(code="charge_unknown"))


def repeated(cloud: Cloud, body: dict[str, object], key: str) -> Placed:
    """A client that got no answer asks again with the same key."""
    return cloud.place(body, **{"Idempotency-Key": key})
