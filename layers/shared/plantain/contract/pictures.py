"""The routes of pictures: links that need no key, and uploads."""

from http import HTTPStatus

from plantain.contract.route import Answer, Route
from plantain.errors import (
    InvalidRequest,
    LinkNotFound,
    MalformedRequest,
    RequestTooLarge,
    UnsupportedType,
)
from plantain.models import Upload, UploadRequest

FOUND = Answer(
    status=HTTPStatus.FOUND,
    text="Where the picture is for some minutes.",
    headers=("Location", "Cache-Control"),
)
LINKS = (
    ("/i/{taskId}/{number}/{file}", "Image", "Show a picture by its link"),
    ("/u/{file}", "Upload", "Show an uploaded reference by its link"),
)


def _link(method: str, path: str, what: str, summary: str) -> Route:
    return Route(
        method=method,
        path=path,
        name=f"{'show' if method == 'GET' else 'check'}{what}",
        tag="Pictures",
        summary=summary if method == "GET" else f"{summary}: headers only",
        text="Needs no key: whoever has the link may look. Put it into an `<img>` as it is.",
        answers=(FOUND,),
        errors=(LinkNotFound,),
        with_key=False,
    )


ROUTES = (
    Route(
        method="POST",
        path="/v1/uploads",
        name="createUpload",
        tag="Pictures",
        summary="Upload a reference picture",
        text="Gives a place to `PUT` the picture to, with exactly the `headers` of the answer, and "
        "the `link` that it then has: put that into `imageUrls`.",
        body=UploadRequest,
        answers=(
            Answer(
                status=HTTPStatus.CREATED,
                text="Where to put it.",
                shape=Upload,
                headers=("Location",),
            ),
        ),
        errors=(MalformedRequest, RequestTooLarge, UnsupportedType, InvalidRequest),
    ),
    *(_link(method, *link) for link in LINKS for method in ("GET", "HEAD")),
)
