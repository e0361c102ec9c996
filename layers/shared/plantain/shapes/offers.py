"""What can be made, by whom and within which limits."""

from typing import Annotated, Literal

from pydantic import Field

from plantain.models import Frozen


class Range(Frozen):
    minimum: int
    maximum: int


class References(Range):
    """How many reference pictures, and how their URLs must end, where that matters."""

    endings: list[str]


class Offer(Frozen):
    """A model as one provider makes it. An empty list: this cannot be chosen there."""

    provider: str
    price: Annotated[float | None, Field(description="Dollars a picture, where `Prices` has it.")]
    modes: list[Literal["text-to-image", "image-to-image"]]
    prompt: Range
    image_urls: References
    aspect_ratio: list[str]
    resolution: list[str]
    output_format: list[str]
    google_search: bool
    safety_checker: bool
    routing: list[Literal["auto", "value", "official"]]


class Model(Frozen):
    """A model, and who makes it: first who is tried first."""

    model: str
    providers: list[Offer]


class ModelList(Frozen):
    """Everything that can be made here."""

    models: list[Model]
