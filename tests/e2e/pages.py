"""The five pages: their own commands and bodies as they stand there, and what a client makes of
their answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.e2e.aws import Json

MAXAPI_TEXT = """curl --request POST \\
  --url https://api.maxapi.io/api/v1/task/submit \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '{
  "model": "nano-banana",
  "callBackUrl": "https://example.com/webhook",
  "input": {
    "prompt": "A cute shiba inu running under a starry sky",
    "ratio": "16:9"
  }
}'"""
MAXAPI_IMAGE = """curl --request POST \\
  --url https://api.maxapi.io/api/v1/task/submit \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '{
  "model": "nano-banana-pro",
  "callBackUrl": "https://example.com/webhook",
  "input": {
    "prompt": "Transform this image into an oil painting style",
    "ratio": "16:9",
    "resolution": "2k",
    "imageUrls": ["https://example.com/input.jpg"]
  }
}'"""
# This page shows no command: its address, headers and body, put into one.
AIGPTIMAGE = """curl -X POST https://aigptimage.com/api/v1/jobs/createTask \\
  -H 'Authorization: Bearer YOUR_API_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{
"model": "nano-banana-image-to-image",
"input": {
"prompt": "Turn this photo into a collectible character figure with packaging in the background",
"image_urls": ["https://cdn.example.com/input.png"],
"image_size": "1:1",
"output_format": "png"
}
}'"""
LIANGXIN = """curl --location --request POST '/api/v1/jobs/createTask' \\
--header 'Content-Type: application/json' \\
--data-raw '{
  "model": "nano-banana-pro",
  "input": {
    "prompt": "A cinematic product photo of a compact espresso machine on a marble counter"
  }
}'"""
APIXO_TEXT = """curl -X POST "https://api.apixo.ai/api/v1/generateTask/nano-banana-2" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "request_type": "async",
    "provider": "value",
    "input": {
      "mode": "text-to-image",
      "prompt": "a cozy cyberpunk cafe with neon lights and rain-soaked streets",
      "aspect_ratio": "3:2",
      "resolution": "2K",
      "output_format": "png"
    }
  }'"""
APIXO_IMAGE = """curl -X POST "https://api.apixo.ai/api/v1/generateTask/nano-banana-2" \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "request_type": "callback",
    "callback_url": "https://your-server.com/callback",
    "provider": "official",
    "input": {
      "mode": "image-to-image",
      "prompt": "make this scene look like sunrise with warm golden light",
      "aspect_ratio": "4:5",
      "resolution": "4K",
      "image_urls": ["https://example.com/ref1.jpg"],
      "output_format": "jpeg"
    }
  }'"""
APIXO_STATUS = (
    'curl -X GET "https://api.apixo.ai/api/v1/statusTask/nano-banana-2?taskId=task_12345678"'
    ' -H "Authorization: Bearer YOUR_API_KEY"'
)
APIXO_FAILED = {
    "code": 200,
    "message": "success",
    "data": {
        "taskId": "task_12345678",
        "state": "failed",
        "failCode": "CONTENT_VIOLATION",
        "failMsg": "Content does not meet safety guidelines",
    },
}
HOSTS = ("https://api.maxapi.io", "https://aigptimage.com", "https://api.apixo.ai")
HOOKS = ("https://example.com/webhook", "https://your-server.com/callback")


@dataclass(frozen=True)
class Page:
    """One page's client: what it posts, where it looks, and what its samples do not have."""

    dialect: str
    command: str
    status: str
    hook: bool = True
    extra: frozenset[str] = frozenset()
    pictures: Callable[[Json], list[str]] = lambda data: json.loads(data["resultJson"])[
        "resultUrls"
    ]
    state: str = "state"
    ends: tuple[str, ...] = ("success", "fail", "failed")


MAXAPI: dict[str, Any] = {
    "status": "/api/v1/task/{}",
    "pictures": lambda data: data["result"]["urls"],
    "state": "status",
    "ends": ("SUCCESS", "FAILURE", "TIMEOUT", "CANCELLED"),
}
JOBS = "/api/v1/jobs/recordInfo?taskId={}"
PAGES = {
    "maxapi-text-to-image": Page("maxapi", MAXAPI_TEXT, **MAXAPI),
    "maxapi-image-to-image": Page("maxapi", MAXAPI_IMAGE, **MAXAPI),
    "aigptimage-image-to-image": Page("aigptimage", AIGPTIMAGE, JOBS, hook=False),
    "liangxin-nano-banana-pro": Page("liangxin", LIANGXIN, JOBS),
    "apixo-nano-banana-2, text": Page(
        "apixo", APIXO_TEXT, "/api/v1/statusTask/nano-banana-2?taskId={}", hook=False
    ),
    "apixo-nano-banana-2, image": Page(
        "apixo", APIXO_IMAGE, "/api/v1/statusTask/nano-banana-2?taskId={}"
    ),
}
