"""The edge of the dialects: which one is spoken, who asks, and errors as its clients know them.

Their routes have no authorizer in the gateway, whose refusals have a shape of their own.
"""

import sys
import time
from collections.abc import Callable
from functools import reduce
from http import HTTPStatus
from os.path import commonpath
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from plantain import bodies, owners, usage
from plantain.callers import caller_of
from plantain.dialects import Dialect, Json, all_dialects, speaker_of
from plantain.errors import ApiError, MalformedRequest, NotHere, UnknownKey
from plantain.http import MAX_INLINE_BODY, Api, answer
from plantain.keys import bearer
from plantain.limits import Caller
from plantain.models import MODELS, Task, TaskRequest
from plantain.views import links_of

type Take = Callable[[Dialect, TaskRequest], Task]
type Find = Callable[[str], Task]


class DropIn(Api):
    """Routes of all dialects; handlers raise, and this tells the client in its own."""

    def on_submission(self, take: Take) -> Take:
        """Have every dialect's submissions taken by this."""
        self._serve("POST", lambda each: each.submit_path, lambda path: self._submit(take, path))
        return take

    def on_question(self, find: Find) -> Find:
        """Have the task that a question in any dialect is about found by this."""
        self._serve("GET", lambda each: each.status_path, lambda path: self._tell(find, path))
        return find

    @property
    def caller(self) -> Caller:
        return caller_of({"lambda": self._known})

    @property
    def idempotency_key(self) -> str | None:
        """The dialect's own header for it, where it has one; ours works everywhere."""
        headers = self.current_event.headers
        for name in {each.repeated_by for each in self._speakers if each.repeated_by}:
            if name.lower() in headers:
                return f"{name.lower()} {self.order_name(name)}"
        return super().idempotency_key

    # ── one request ──────────────────────────────────────────────────────────────────────────────

    def _serve(
        self,
        method: str,
        path_of: Callable[[Dialect], str],
        handle: Callable[[dict[str, str]], Response[str]],
    ) -> None:
        places: dict[str, list[Dialect]] = {}
        for each in all_dialects().values():
            places.setdefault(path_of(each), []).append(each)
        for path, here in places.items():

            def route(_here: list[Dialect] = here, **named: str) -> Response[str]:
                self.context.update(here=_here, model=named.get("model"))
                return handle(named)

            self.route(path.replace("{", "<").replace("}", ">"), method=method)(route)

    def _submit(self, take: Take, path: dict[str, str]) -> Response[str]:
        sent, wrong = self._read()
        if "model" not in path:
            self.context.update(model=sent.get("model"))
        usage.count_request(self.caller, time.time())  # a bad key is refused before anything else
        dialect, name = self._speakers[0], self.context["model"]
        if "model" in path and name not in dialect.models:
            raise NotHere(f"There is no model {name} here.")
        if wrong:
            raise wrong
        if not isinstance(name, str) or name not in dialect.models:
            known = [name for each in self._speakers for name in each.models]
            raise MalformedRequest(f"model must be one of {', '.join(known)}.")
        request = dialect.request_of(name, bodies.fit(dialect.models[name].submission, sent))
        if self._known.get("stays"):
            request = request.model_copy(update={"provider": dialect.name})
        return answer(HTTPStatus.OK, dialect.accepted(take(dialect, request).task_id))

    def _tell(self, find: Find, path: dict[str, str]) -> Response[str]:
        speakers, name = self._speakers, path.get("model")
        usage.count_request(self.caller, time.time())
        if name is not None and name not in {*speakers[0].models, *MODELS}:
            raise NotHere(f"There is no model {name} here.")
        task_id = path.get("taskId") or self.current_event.query_string_parameters.get("taskId")
        if not task_id:
            raise MalformedRequest("taskId is required.")
        task = find(task_id)
        dialect = speaker_of(task, speakers)
        return answer(HTTPStatus.OK, dialect.show(task, links_of(task, self.base_url)))

    def _read(self) -> tuple[Json, ApiError | None]:
        """What was sent, and what is wrong with it; of too much, still whose client it is."""
        sent, wrong = None, None
        try:
            sent = bodies.parse(self.text(sys.maxsize))
            self.text(MAX_INLINE_BODY)
        except ApiError as error:
            wrong = error
        if isinstance(sent, dict):
            return sent, wrong
        return {}, wrong or MalformedRequest("The body is no JSON object.")

    @property
    def _known(self) -> dict[str, str]:
        """Whose key this is, and what goes for it."""
        if "known" not in self.context:
            known = owners.admit(bearer(self.current_event.headers.get("authorization", "")))
            if known is None:
                raise UnknownKey
            self.context.update(known=known)
        found: dict[str, str] = self.context["known"]
        return found

    # ── who is spoken to ─────────────────────────────────────────────────────────────────────────

    @property
    def _speakers(self) -> list[Dialect]:
        """Whose route this is; where several share it, the one that has the model."""
        here: list[Dialect] = self.context.get("here", [])
        name = self.context.get("model")
        return [each for each in here if isinstance(name, str) and name in each.models] or here

    def _no_route(self, _: NotFoundError) -> Response[str]:
        """In the words of those whose paths begin most like what was asked for."""
        asked, dialects = self.current_event.path, all_dialects().values()
        likeness = {each.name: _likeness(each, asked) for each in dialects}
        most = max(likeness.values())
        self.context.update(here=[each for each in dialects if likeness[each.name] == most])
        return self._problem(NotHere())

    def _problem(self, error: ApiError) -> Response[str]:
        """In the shape of each that may be meant, so that a client finds its own."""
        told = [dialect.refusal(error) for dialect in self._speakers]
        if not told:
            return super()._problem(error)
        body: dict[str, Any] = reduce(lambda first, more: more | first, (one for _, one in told))
        response = answer(HTTPStatus(told[0][0]), body)
        if error.retry_after:
            response.headers["Retry-After"] = str(error.retry_after)
        return response


def _likeness(dialect: Dialect, path: str) -> int:
    """How far a path goes along with the dialect's own."""
    own = (dialect.submit_path, dialect.status_path)
    return max(len(commonpath([path, each])) for each in own)
