"""Who can make this, and in which order they are tried. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from plantain.errors import ApiError, InvalidRequest, NoProvider
from plantain.lifecycle import FOREVER
from plantain.models import NO_PRICES, Prices, Task, TaskRequest
from plantain.providers import Offer, all_providers

UNROUTABLE_PAUSE = 60


class Routes(NamedTuple):
    """The owner's choice: which providers have an account, in which order, at which price."""

    configured: frozenset[str]
    order: Sequence[str] = ()
    prices: Prices = NO_PRICES

    def rank(self, name: str) -> tuple[int, str]:
        return (self.order.index(name) if name in self.order else len(self.order), name)

    @property
    def preferred(self) -> list[str]:
        return sorted(self.configured, key=self.rank)

    def price(self, name: str, model: str) -> float:
        return self.prices.get((name, model), float("inf"))


class Check(NamedTuple):
    """One thing a request may ask for: whether an offer has it, and what that offer allows."""

    field: str
    fits: Callable[[Offer, TaskRequest], bool]
    allowed: Callable[[Offer], Iterable[str]]


def _chosen(value: str | None, allowed: Sequence[str]) -> bool:
    return value is None or value in allowed


def _endings_fit(offer: Offer, request: TaskRequest) -> bool:
    urls = request.input.image_urls or []
    return not offer.reference_endings or all(
        url.lower().endswith(offer.reference_endings) for url in urls
    )


CHECKS = (
    Check(
        "input.prompt",
        lambda offer, r: offer.prompt[0] <= len(r.input.prompt) <= offer.prompt[1],
        lambda offer: [f"{offer.prompt[0]} to {offer.prompt[1]} characters"],
    ),
    Check(
        "input.imageUrls",
        lambda offer, r: (
            r.input.mode in offer.modes and len(r.input.image_urls or []) <= offer.references
        ),
        lambda offer: [
            f"{0 if 'text' in offer.modes else 1} to {offer.references} references",
        ],
    ),
    Check(
        "input.imageUrls",
        _endings_fit,
        lambda offer: [f"URLs that end in {' '.join(offer.reference_endings)}"],
    ),
    Check(
        "input.aspectRatio",
        lambda offer, r: _chosen(r.input.aspect_ratio, offer.ratios),
        lambda offer: offer.ratios,
    ),
    Check(
        "input.resolution",
        lambda offer, r: _chosen(r.input.size, offer.resolutions),
        lambda offer: offer.resolutions,
    ),
    Check(
        "input.outputFormat",
        lambda offer, r: _chosen(r.input.format, offer.formats),
        lambda offer: offer.formats,
    ),
    Check(
        "input.googleSearch",
        lambda offer, r: offer.google_search or not r.input.google_search,
        lambda offer: ["true", "false"] if offer.google_search else ["false"],
    ),
    Check(
        "input.safetyChecker",
        lambda offer, r: offer.safety_checker or r.input.safety_checker is not False,
        lambda offer: ["true", "false"] if offer.safety_checker else ["true"],
    ),
    Check(
        "routing",
        lambda offer, r: offer.official or r.routing != "official",
        lambda offer: ["auto", "value", *(["official"] if offer.official else [])],
    ),
)


def eligible(request: TaskRequest, routes: Routes) -> list[str]:
    """The providers that can make this, the preferred one first; raises where there is none."""
    offers = _offers(request, routes)
    misfits = {name: [c for c in CHECKS if not c.fits(offer, request)] for name, offer in offers}
    able = [name for name, failed in misfits.items() if not failed]
    if not able:
        pinned = request.provider
        nobody = f"{pinned} cannot" if pinned else f"No provider of {request.model} can"
        raise InvalidRequest(f"{nobody} make this.", errors=_explain(offers, misfits))
    return _ordered(able, request, routes)


def next_provider(task: Task, routes: Routes, now: float) -> tuple[str | None, int]:
    """Who may be tried now; where nobody may, the time at which somebody will."""
    try:
        able = eligible(task.request, routes)
    except ApiError:
        # The owner's choice of providers has changed since; it may change back.
        return None, int(now) + UNROUTABLE_PAUSE
    ready = [name for name in able if task.out.get(name, 0) <= now]
    if ready:
        return ready[0], int(now)
    return None, min(task.out[name] for name in able)


def refused_by_all(until: int) -> bool:
    return until >= FOREVER


def _offers(request: TaskRequest, routes: Routes) -> list[tuple[str, Offer]]:
    made = [
        (name, offer)
        for name, provider in all_providers().items()
        for offer in provider.offers
        if offer.model == request.model and name in routes.configured
    ]
    if not made:
        raise NoProvider(f"No configured provider makes {request.model}.")
    if request.provider is None:
        return made
    pinned = [(name, offer) for name, offer in made if name == request.provider]
    if not pinned:
        names = sorted(name for name, _ in made)
        error = _error("provider", f"does not make {request.model} here", names)
        raise InvalidRequest("The provider that is asked for cannot make this.", errors=[error])
    return pinned


def _ordered(names: list[str], request: TaskRequest, routes: Routes) -> list[str]:
    ranked = sorted(names, key=routes.rank)
    if request.routing == "value":
        ranked.sort(key=lambda name: routes.price(name, request.model))
    return ranked


def _explain(
    offers: list[tuple[str, Offer]], misfits: Mapping[str, list[Check]]
) -> list[dict[str, Any]]:
    """The fields that every provider fails; where each fails another one, all of those."""
    failing = [check for check in CHECKS if any(check in failed for failed in misfits.values())]
    shared = [check for check in failing if all(check in failed for failed in misfits.values())]
    return [_explain_check(check, offers, misfits) for check in shared or failing]


def _explain_check(
    check: Check, offers: list[tuple[str, Offer]], misfits: Mapping[str, list[Check]]
) -> dict[str, Any]:
    failing = [name for name, _ in offers if check in misfits[name]]
    allowed = dict.fromkeys(value for _, offer in offers for value in check.allowed(offer))
    return _error(check.field, f"cannot be made by {', '.join(failing)}", list(allowed))


def _error(field: str, message: str, allowed: list[str]) -> dict[str, Any]:
    return {"field": field, "message": message, "allowed": allowed}
