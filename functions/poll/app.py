"""Every minute: rings for the tasks that nobody rang for."""

from plantain import entry, tasks


@entry.point
def handler(event: object, context: object) -> None:
    tasks.sweep()
