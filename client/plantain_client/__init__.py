"""Orders pictures from a Plantain.

with Plantain() as plantain:
    task = plantain.generate("a cat in the rain", ratio="16:9")
    plantain.save(task.images[0], "cat.png")
"""

from plantain_client.answers import (
    Delivery,
    Event,
    Failure,
    Image,
    Model,
    Offer,
    Page,
    Step,
    Task,
    Try,
    Webhook,
)
from plantain_client.asynchronous import AsyncPlantain
from plantain_client.errors import (
    ApiError,
    Conflict,
    KeyUnusable,
    NotAuthorized,
    NotConfigured,
    NotFound,
    PictureDamaged,
    PictureUnusable,
    PlantainError,
    Refused,
    StillRunning,
    TaskNotMade,
    Unavailable,
    Unreachable,
    WebhookInvalid,
)
from plantain_client.orders import Options
from plantain_client.sync import Plantain
from plantain_client.webhooks import verify_webhook

__all__ = [
    "ApiError",
    "AsyncPlantain",
    "Conflict",
    "Delivery",
    "Event",
    "Failure",
    "Image",
    "KeyUnusable",
    "Model",
    "NotAuthorized",
    "NotConfigured",
    "NotFound",
    "Offer",
    "Options",
    "Page",
    "PictureDamaged",
    "PictureUnusable",
    "Plantain",
    "PlantainError",
    "Refused",
    "Step",
    "StillRunning",
    "Task",
    "TaskNotMade",
    "Try",
    "Unavailable",
    "Unreachable",
    "Webhook",
    "WebhookInvalid",
    "verify_webhook",
]
