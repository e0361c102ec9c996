"""The topic: tells the world what the table has committed."""

import json

from plantain.models import Task
from plantain.settings import client, settings
from plantain.views import event


def publish(task: Task) -> None:
    told = event(task)
    attributes = {
        "type": told["type"],
        "owner": task.owner,
        "model": task.request.model,
        "provider": task.provider or "none",
    }
    client("sns").publish(
        TopicArn=settings().task_topic_arn,
        Message=json.dumps(told, ensure_ascii=False),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )
