"""The jobs API, which aigptimage and LiangXin share and whose answers APIXO's look like."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from plantain.errors import FailureCode
from plantain.models import Task
from plantain.providers._provider import Offer, Provider
from plantain.providers._reading import as_object, parse_object, text


class Jobs(Provider):
    pending = frozenset({"waiting", "queuing", "generating"})
    succeeded = "success"
    failed = frozenset({"fail"})
    failures: ClassVar = {
        "CONTENT_VIOLATION": FailureCode.CONTENT_MODERATION,
        "INVALID_IMAGE_URL": FailureCode.INVALID_IMAGE,
    }

    def submit_path(self, offer: Offer) -> str:
        return "/api/v1/jobs/createTask"

    def submit_body(self, task: Task, offer: Offer, callback_url: str) -> dict[str, Any]:
        body: dict[str, Any] = {"model": offer.upstream, "input": self.input_of(task)}
        return {**body, "callBackUrl": callback_url} if self.webhooks else body

    def input_of(self, task: Task) -> dict[str, Any]:
        raise NotImplementedError

    def status_path(self, offer: Offer, provider_task_id: str) -> str:
        return f"/api/v1/jobs/recordInfo?taskId={quote(provider_task_id, safe='')}"

    def state_of(self, data: Mapping[str, Any]) -> str:
        return text(data.get("state"))

    def urls_of(self, data: Mapping[str, Any]) -> object:
        # JSON inside JSON, which may be null, empty or broken; or, some day, an object after all.
        result = data.get("resultJson")
        found = parse_object(result) if isinstance(result, str) else as_object(result)
        return found.get("resultUrls")

    def failure_of(self, data: Mapping[str, Any]) -> tuple[str, str]:
        return str(data.get("failCode") or ""), text(data.get("failMsg"))
