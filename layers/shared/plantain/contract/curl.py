"""A route as a command that can be pasted into a shell."""

import json
import shlex

from plantain.contract.route import Json

PLACES = {"taskId": "$TASK", "number": "0", "file": "$FILE", "model": "nano-banana-2"}


def curl(document: Json, method: str, path: str, operation: Json) -> str:
    for name, value in PLACES.items():
        path = path.replace(f"{{{name}}}", value)
    verb = {"get": "", "head": " --head"}.get(method, f" -X {method.upper()}")
    parts = [f'curl -sS{verb} "{document["servers"][0]["url"]}{path}"']
    if operation.get("security") != []:
        parts.append('-H "Authorization: Bearer $KEY"')
    if "requestBody" in operation:
        (content,) = operation["requestBody"]["content"].values()
        body = json.dumps(content.get("example", {}), ensure_ascii=False)
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(body)}"]
    return " \\\n  ".join(parts)
