"""Prints the README's table of providers, made from the code: python -m tools.provider_table."""

from plantain.providers import Offer, Provider, all_providers

HEAD = (
    "| provider | model | makes | prompt | references | ratios | resolutions | formats | webhook |",
    "|---|---|---|---|---|---|---|---|---|",
)


def table() -> str:
    rows = [_row(p, offer) for p in all_providers().values() for offer in p.offers]
    return "\n".join((*HEAD, *rows))


def _row(provider: Provider, offer: Offer) -> str:
    low, high = offer.prompt
    cells = (
        provider.name,
        offer.model,
        " ".join(f"{mode}→image" for mode in offer.modes),
        f"{low}–{high:,}",
        f"≤ {offer.references}",
        " ".join(offer.ratios),
        " ".join(offer.resolutions) or "–",
        " ".join(offer.formats) or "–",
        "yes" if provider.webhooks else "no: polled",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(table())
