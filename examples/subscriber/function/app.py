"""Hears of finished tasks. The same event may come twice: remember its id, or do no harm."""

import json


def handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            hear(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001 - comes again, and lies in DeadLetters in the end
            print(f"{record['messageId']}: {error!r}")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def hear(event):
    task = event["data"]
    # An image's "link" opens without a key: fetch it, send it on, but do not log it.
    print(f"{event['id']} {event['type']} {task['taskId']} images={len(task['images'])}")
