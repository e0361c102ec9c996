"""What lies among the dead letters: only how much, never what."""

from plantain.settings import client, settings

DEPTH = "ApproximateNumberOfMessages"


def dead_letters() -> dict[str, int]:
    given = settings()
    urls = {
        "advance": given.advance_dead_letters_url,
        "poll": given.poll_dead_letters_url,
        "publish": given.publish_dead_letters_url,
        "deliver": given.deliver_dead_letters_url,
    }
    return {name: _depth(url) for name, url in urls.items()}


def _depth(url: str) -> int:
    answer = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[DEPTH])
    return int(answer["Attributes"][DEPTH])
