"""Every minute: rings for the tasks that nobody rang for."""

from plantain import tasks


def handler(event: object, context: object) -> None:
    tasks.sweep()
