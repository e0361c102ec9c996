"""Every minute: rings for the tasks that nobody rang for."""

from plantain.entry import entry_point

from plantain import tasks


@entry_point
def handler(event: object, context: object) -> None:
    tasks.sweep()
