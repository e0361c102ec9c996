"""The routes that tell about the API itself."""

from http import HTTPStatus

from plantain.contract.route import Answer, Route, header

CACHING = ("ETag", "Cache-Control")
UNCHANGED = Answer(
    status=HTTPStatus.NOT_MODIFIED, text="It is still what you have.", headers=CACHING
)
IF_NONE_MATCH = header("If-None-Match", "The `ETag` of what you have.", type="string")


def _about(path: str, name: str, summary: str, content_type: str, text: str) -> Route:
    good = Answer(text=text, content_type=content_type, headers=CACHING)
    return Route(
        method="GET",
        path=path,
        name=name,
        tag="About",
        summary=summary,
        parameters=(IF_NONE_MATCH,),
        answers=(good, UNCHANGED),
        with_key=False,
    )


ITSELF = "The description."
ROUTES = (
    _about(
        "/openapi.json", "describe", "This description, for programs", "application/json", ITSELF
    ),
    _about("/docs", "document", "This description, for people", "text/html", ITSELF),
    _about("/", "openConsole", "The console, for a browser", "text/html", "The page."),
    _about(
        "/console/{file}",
        "getConsoleFile",
        "What the console is made of",
        "text/javascript",
        "The file; a stylesheet is `text/css`.",
    ),
)
