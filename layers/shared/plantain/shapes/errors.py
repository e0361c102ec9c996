"""What is answered instead."""

from typing import Annotated, Literal

from pydantic import Field

from plantain.models import Frozen


class FieldError(Frozen):
    field: Annotated[str, Field(examples=["input.aspectRatio"])]
    message: str
    allowed: Annotated[list[str], Field(description="What may stand there, where it can be said.")]


class Problem(Frozen):
    """An error, as RFC 9457 has it. `code` is for programs and never changes."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    code: str
    errors: Annotated[list[FieldError], Field(default_factory=list)]


class GatewayMessage(Frozen):
    """An error that the gateway tells before any of our code has run."""

    message: str | None
