"""The topic: tells the world what the table has committed."""

from plantain.models import Task
from plantain.settings import client, settings
from plantain.views import event, written


def publish(task: Task) -> None:
    told = event(task, settings().api_url)
    attributes = {
        "type": told["type"],
        "owner": task.owner,
        "model": task.request.model,
        "provider": task.provider or "none",
    }
    client("sns").publish(
        TopicArn=settings().task_topic_arn,
        Message=written(told),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    )
