"""POST /v1/uploads: a place for a reference picture, and the link that it will have."""

from plantain.entry import entry_point

from http import HTTPStatus
from typing import Any

from plantain import uploads
from plantain.http import Api, answer
from plantain.models import UploadRequest

api = Api()
handler = entry_point(api.handler)


@api.post("/v1/uploads")
def post_upload() -> Any:
    upload = uploads.invite(api.body(UploadRequest), api.base_url)
    shown = upload.model_dump(mode="json", by_alias=True)
    return answer(HTTPStatus.CREATED, shown)
