"""What a task's id looks like. Pure."""

import re

_TASK_ID = re.compile(r"tsk_[a-z0-9_]{1,60}")


def is_task_id(text: object) -> bool:
    """Whether it could be one; DynamoDB refuses to look for some of what could not."""
    return isinstance(text, str) and bool(_TASK_ID.fullmatch(text))
