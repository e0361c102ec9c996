"""Signature version 4, by which AWS knows who is asking. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, quote, urlencode

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Signer:
    """Who asks, and which service where. Names of headers are given in lower case."""

    service: str
    region: str
    key_id: str
    secret: str
    token: str = ""

    def headers(
        self, method: str, url: SplitResult, headers: Headers, digest: str, now: datetime
    ) -> dict[str, str]:
        """All that must be sent; `digest` is the SHA-256 of the body."""
        time = _stamp(now)
        signed = {**headers, "host": url.netloc, "x-amz-date": time}
        if self.token:
            signed["x-amz-security-token"] = self.token
        signature = self._sign(method, url.path, "", signed, digest, time)
        names, scope = ";".join(sorted(signed)), self._scope(time)
        told = f"Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**signed, "authorization": f"{ALGORITHM} {told}"}

    def url(
        self, method: str, url: SplitResult, headers: Headers, seconds: int, now: datetime
    ) -> str:
        """A URL that anybody may use so long, if these headers are sent along."""
        time = _stamp(now)
        signed = {**headers, "host": url.netloc}
        parameters = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self.key_id}/{self._scope(time)}",
            "X-Amz-Date": time,
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": ";".join(sorted(signed)),
        }
        if self.token:
            parameters["X-Amz-Security-Token"] = self.token
        query = urlencode(sorted(parameters.items()), quote_via=quote, safe="-_.~")
        signature = self._sign(method, url.path, query, signed, UNSIGNED, time)
        return url._replace(query=f"{query}&X-Amz-Signature={signature}").geturl()

    def _sign(
        self, method: str, path: str, query: str, headers: Headers, digest: str, time: str
    ) -> str:
        names = sorted(headers)
        lines = [f"{name}:{headers[name]}" for name in names]
        request = "\n".join([method, path, query, *lines, "", ";".join(names), digest])
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join([ALGORITHM, time, self._scope(time), hashed])
        return _hash(self._key(time[:8]), text).hex()

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret}".encode()
        for part in (day, self.region, self.service, "aws4_request"):
            key = _hash(key, part)
        return key

    def _scope(self, time: str) -> str:
        return f"{time[:8]}/{self.region}/{self.service}/aws4_request"


def _stamp(now: datetime) -> str:
    return now.strftime("%Y%m%dT%H%M%SZ")


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
