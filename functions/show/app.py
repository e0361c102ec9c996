"""GET /i/{taskId}/{n}/{file} and /u/{file}: links to pictures, for whoever has them."""

from plantain.entry import entry_point

from typing import Any

from plantain import links, signing, uploads
from plantain.http import Api, redirect

api = Api()
handler = entry_point(api.handler)
READ = ["GET", "HEAD"]


@api.route("/i/<task_id>/<number>/<file>", method=READ)
def show_image(task_id: str, number: str, file: str) -> Any:
    return redirect(signing.reading(links.find(task_id, number, file), api.method))


@api.route("/u/<file>", method=READ)
def show_upload(file: str) -> Any:
    return redirect(signing.reading(uploads.find(file), api.method))
