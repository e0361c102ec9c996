"""Misbehaviour: from a marker in the prompt, from the configuration, or by chance with a seed."""

import math
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .dialects import DIALECTS

MARKER = re.compile(r"\[sim:([^\]]*)\]")

WORDS = {
    "busy": "submit: 429 with Retry-After",
    "retry-after": "seconds that busy and status-busy ask for (1)",
    "limit": "submit: active task limit (aigptimage 409, others 429)",
    "down": "submit: 503 in the provider's envelope",
    "error": "submit: 500 in the provider's envelope",
    "bare500": "submit: 500 as plain text",
    "bad-gateway": "submit: 502 as an HTML page",
    "credits": "submit: not enough credits, in the provider's shape",
    "price": "submit: liangxin's 'price not configured' (400)",
    "refuse": "submit: this HTTP status, in the provider's envelope",
    "http200": "refusals come with HTTP 200, the code only in the body",
    "platform": "liangxin's refusals come in its authentication envelope",
    "charged": "the refusal is a lie: the task is accepted, charged and runs",
    "no-id": "submit: accepted and charged, but the answer has no task id",
    "drop": "submit: accepted and charged, then the connection closes unanswered",
    "hang": "submit: accepted and charged, answered only after S seconds (60)",
    "fast": "the task ends at once",
    "slow": "the task takes S seconds (30)",
    "never": "the task never ends",
    "strange": "an undocumented state word in the second half",
    "fail": "the task fails: moderation parameters image credits transient timeout cancelled,"
    " or any other word as the provider's own code",
    "images": "how many result pictures (1 to 10)",
    "noresult": "the first N status answers of success hold no usable URL (2)",
    "badjson": "the first N status answers of success hold a broken result",
    "status-down": "the first N status requests get 500 and 503 in turn",
    "status-busy": "the first N status requests get 429 with Retry-After",
    "status-hang": "status requests are answered only after S seconds (60)",
    "webhook": "lose twice late reorder forge foreign early, joined by +",
    "webhook-delay": "seconds between the end and the webhook (5 if late)",
    "image": "expired missing truncated cut huge html svg empty wrong-type slow flaky redirect"
    " private bomb",
}
IF_BARE = {"noresult": "2", "slow": "30", "hang": "60", "status-hang": "60"}


@dataclass(slots=True)
class Faults:
    """The words that hold for one submission or task."""

    words: dict[str, str] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def has(self, word: str) -> bool:
        return word in self.words

    def word(self, word: str) -> str:
        return self.words.get(word, "")

    def choices(self, word: str) -> set[str]:
        return set(re.split(r"[+,]", self.word(word)))

    def number(self, word: str, default: float) -> float:
        try:
            value = float(self.words.get(word, default))
        except ValueError:
            return default
        return value if math.isfinite(value) and value >= 0 else default

    def strikes(self, word: str, scope: str = "") -> bool:
        """A bare word always strikes, `word=N` the first N times that it is asked in its scope."""
        if word not in self.words:
            return False
        if not self.words[word]:
            return True
        self.counts[word, scope] += 1
        return self.counts[word, scope] <= self.number(word, 1)


def dice(*seeds: object) -> random.Random:
    """The same seeds always roll the same."""
    return random.Random(" ".join(map(str, seeds)))  # noqa: S311


def parse(words: str) -> dict[str, str]:
    pairs = (part.partition("=")[::2] for part in words.split())
    return {word: value or IF_BARE.get(word, "") for word, value in pairs if word in WORDS}


def parse_marker(prompt: str, provider: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in MARKER.findall(prompt):
        only, _, rest = text.strip().partition(" ")
        names = set(only.split(","))
        if not names <= DIALECTS.keys():
            found |= parse(text)
        elif provider in names:
            found |= parse(rest)
    return found


class FaultBook:
    """What goes wrong for whom; a prompt's marker beats the configuration, that beats chance."""

    def __init__(self) -> None:
        self.config: dict[str, str] = {}
        self.chaos: dict[str, Any] = {}
        self.counts: dict[tuple[str, str], Counter[tuple[str, str]]] = {}

    def faults_for(self, provider: str, prompt: str) -> Faults:
        words = self._draw(provider, prompt)
        for scope in ("*", provider):
            words |= parse(self.config.get(scope, ""))
        words |= parse_marker(prompt, provider)
        if not words:
            return Faults()
        return Faults(words, self.counts.setdefault((provider, prompt), Counter()))

    def _draw(self, provider: str, prompt: str) -> dict[str, str]:
        """The same seed, provider and prompt always draw the same faults."""
        drawn: dict[str, str] = {}
        for words, rate in self.chaos.get("rates", {}).items():
            if dice(self.chaos.get("seed"), provider, words, prompt).random() < rate:
                drawn |= parse(words)
        return drawn
