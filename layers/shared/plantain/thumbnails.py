"""Thumbnails: a small WebP beside each picture, made when its task's end has been told."""

from contextlib import suppress
from io import BytesIO

from PIL import Image as Picture
from PIL import ImageOps

from plantain import store
from plantain.errors import AwsError, ConditionFailed, TaskDeleted
from plantain.log import log
from plantain.models import Image, Task
from plantain.rows import key_of, pack
from plantain.settings import client, settings

SIDE = 512  # pixels of the longer side
QUALITY = 80
ENDING = "thumb.webp"
# Who may not list the bucket is refused what is not there.
ABSENT = frozenset({"NoSuchKey", "AccessDenied"})


def make(task_id: str) -> None:
    """Doing it twice does no harm. What is stored for a task that is deleted meanwhile is gone
    when its tombstone is buried, which waits for longer than this may take."""
    try:
        task = store.find(task_id)
    except TaskDeleted:
        return
    if task:
        _note(task, {n: _keep(image) for n, image in enumerate(task.images) if not image.thumbnail})


def shrink(content: bytes) -> bytes:
    """The picture as a small WebP, upright."""
    with Picture.open(BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
        picture.draft("RGB", (SIDE, SIDE))
        picture.thumbnail((SIDE, SIDE))
        small = ImageOps.exif_transpose(picture)
        small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    file = BytesIO()
    small.save(file, "WEBP", quality=QUALITY)
    return file.getvalue()


def _keep(image: Image) -> str | None:
    """The key of the thumbnail; None where the picture has gone."""
    bucket, key = settings().image_bucket, f"{image.key.rpartition('.')[0]}.{ENDING}"
    try:
        found = client("s3").get_object(Bucket=bucket, Key=image.key)
    except AwsError as error:
        if error.code not in ABSENT:
            raise
        log.warning("no picture", extra={"key": image.key})
        return None
    client("s3").put_object(
        Bucket=bucket,
        Key=key,
        Body=shrink(found["Body"]),
        ContentType="image/webp",
        CacheControl="private, max-age=31536000, immutable",
    )
    return key


def _note(task: Task, made: dict[int, str | None]) -> None:
    """Name the thumbnails in the row, unless it is a tombstone by now."""
    kept = {f":key{n}": pack(key) for n, key in made.items() if key}
    if not kept:
        return
    sets = ", ".join(f"images[{name[4:]}].thumbnail = {name}" for name in kept)
    with suppress(ConditionFailed):
        client("dynamodb").update_item(
            TableName=settings().task_table,
            Key=key_of(task.task_id),
            UpdateExpression=f"SET {sets}",
            ConditionExpression="#state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={**kept, ":state": pack(task.state)},
        )
