"""Walks on which the outside is told of an end, well or badly."""

from tests.machine.cloud import Cloud
from tests.machine.walks._walk import ended, finished, walk


@walk("everything told, and told twice")
def _(cloud: Cloud) -> None:
    cloud.every_change = True
    ended(cloud)
    cloud.bring(cloud.brought)


@walk("an endpoint that is down for a while")
def _(cloud: Cloud) -> None:
    cloud.outside.endpoint.extend([500, 500])
    ended(cloud)


@walk("an endpoint that never answers well", WEBHOOK_DELAYS="10")
def _(cloud: Cloud) -> None:
    cloud.outside.endpoint.extend([500] * 4)
    ended(cloud)


@walk("a last try that is cut off", WEBHOOK_DELAYS="")
def _(cloud: Cloud) -> None:
    finished(cloud)
    cloud.web = "surprises"
    cloud.take()
    cloud.web = "works"


@walk("an endpoint that is slow for a while")
def _(cloud: Cloud) -> None:
    finished(cloud)
    cloud.web = "hangs"
    for _ in range(3):
        cloud.take()
    cloud.web = "works"


@walk("an owner who chooses where to be told")
def _(cloud: Cloud) -> None:
    ended(cloud, outside={"callBackUrl": None})
    cloud.notify("PUT", "/v1/webhook", {"url": None})
    cloud.notify("PUT", "/v1/webhook", {"url": f"{cloud.outside.url}/told"})
    cloud.notify("POST", "/v1/webhook/rotate")
    cloud.notify("POST", "/v1/webhook/test")
    cloud.notify("POST", f"/v1/tasks/{cloud.task_id}/deliveries")


@walk("a picture that is made small")
def _(cloud: Cloud) -> None:
    ended(cloud)
    cloud.shrink()
