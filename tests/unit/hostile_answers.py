"""What a peer may answer to do us harm: each is named, and played on a real socket."""

import gzip
import zlib

from tests.unit.peers import HEAD, OK, Part, drips, floods, says, stays_silent

BEGIN = b"HTTP/1.1 200 OK\r\n"
CHUNKED = BEGIN + b"Transfer-Encoding: chunked\r\n\r\n"
WAVE = b"x" * 65_536


def body(content: bytes, *headers: str) -> Part:
    lines = "".join(f"{header}\r\n" for header in headers)
    return says(BEGIN + f"{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content)


def packed(zeros: int, layers: int = 1) -> bytes:
    content = bytes(zeros)
    for _ in range(layers):
        content = gzip.compress(content)
    return content


# No end in sight, and never long enough between two bytes for a time-out of a read.
DRIPS: dict[str, Part] = {
    "nothing at all": stays_silent,
    "a head, byte by byte": drips(BEGIN + b"X-Slow: "),
    "a header at a time": drips(BEGIN, b"X-More: 1\r\n"),
    "a body, byte by byte": drips(HEAD),
    "a chunk at a time": drips(CHUNKED, b"1\r\nx\r\n"),
    "never quite an answer": drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
}

# What is no head of an answer, or never ends being one: left at once, whatever time there is.
HEADS: dict[str, Part] = {
    "a flood of 100 Continue": floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "a flood of 103 Early Hints": floods(b"", b"HTTP/1.1 103 Hi\r\nLink: </a>\r\n\r\n" * 1000),
    "endless headers": floods(BEGIN, b"X-More: 1\r\n" * 1000),
    "an endless header": floods(BEGIN + b"X-Long: ", WAVE),
    "an endless first line": floods(b"HTTP/1.1 200 ", WAVE),
    "a folded header without end": floods(BEGIN + b"X: 1", b"\r\n folded" * 1000),
    "a head of a megabyte": says(BEGIN + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"),
    "nothing, and good-bye": says(b""),
    "no head": says(b"\x89PNG\r\n\x1a\n" + WAVE),
    "another protocol": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "TLS where it was not asked for": says(b"\x15\x03\x01\x00\x02\x02\x28"),
    "HTTP/2 unasked": says(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18)),
    "a status of no number": says(b"HTTP/1.1 2xx OK\r\n\r\n"),
    "a status of four digits": says(b"HTTP/1.1 2000 OK\r\n\r\n"),
    "a negative length": says(BEGIN + b"Content-Length: -1\r\n\r\nx"),
    "a length of two minds": says(BEGIN + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "a length beyond counting": says(BEGIN + b"Content-Length: " + b"9" * 400 + b"\r\n\r\nx"),
    "a length in words": says(BEGIN + b"Content-Length: many\r\n\r\nx"),
    "an unheard-of coding": says(BEGIN + b"Transfer-Encoding: smuggled\r\n\r\nx"),
    "a header with a NUL": says(BEGIN + b"X: a\x00b\r\n\r\n"),
    "a header without a name": says(BEGIN + b": x\r\n\r\n"),
}

# A head as it should be, and a body that breaks off or breaks the rules: no answer either.
BROKEN: dict[str, Part] = {
    "less than its length": says(OK.replace(b": 0", b": 99") + b"short"),
    "a chunk that breaks off": says(CHUNKED + b"5\r\nab"),
    "chunks without an end": says(CHUNKED + b"5\r\nabcde\r\n"),
    "a chunk of no size": says(CHUNKED + b"zz\r\nab\r\n0\r\n\r\n"),
    "a chunk of a negative size": says(CHUNKED + b"-1\r\nab\r\n0\r\n\r\n"),
    "a chunk beyond counting": says(CHUNKED + b"f" * 30 + b"\r\nab"),
    "a chunk's endless extension": floods(CHUNKED + b"1;x=", WAVE),
    "another protocol, granted": says(b"HTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n" + WAVE),
    "endless trailers": floods(CHUNKED + b"0\r\n", b"X-More: 1\r\n" * 1000),
}

# As fast as they come, they bring next to nothing.
TRICKLES: dict[str, Part] = {"tiny chunks": floods(CHUNKED, b"1\r\nx\r\n" * 10_000)}

# Answers that are whole, or would be if anybody waited: nothing in them is a picture or a receipt.
WHOLE: dict[str, Part] = {
    "a body without end": floods(BEGIN + b"\r\n", WAVE),
    "chunks without number": floods(CHUNKED, b"10000\r\n" + WAVE + b"\r\n"),
    "a body of a terabyte, announced": says(OK.replace(b": 0", b": 1099511627776") + WAVE),
    "a gzip bomb": body(packed(200_000_000), "Content-Encoding: gzip"),
    "a deflate bomb": body(zlib.compress(bytes(200_000_000)), "Content-Encoding: deflate"),
    "a bomb in a bomb": body(packed(200_000_000, 3), "Content-Encoding: gzip, gzip, gzip"),
    "a brotli that is none": body(WAVE, "Content-Encoding: br"),
    "a gzip that is none": body(b"plain", "Content-Encoding: gzip"),
    "a gzip that breaks off": body(packed(1000)[:-9], "Content-Encoding: gzip"),
    "more than its length": says(OK.replace(b": 0", b": 2") + b"{}" + WAVE),
    "HTTP/1.0 without a length": says(b"HTTP/1.0 200 OK\r\n\r\n" + b"half a"),
    "a length and chunks": says(BEGIN + b"Content-Length: 3\r\n" + CHUNKED[17:] + b"0\r\n\r\n"),
    "HTTP of no version": says(b"HTTP/9.9 200 OK\r\n\r\n"),
    "nothing new": says(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "no content, and some": says(b"HTTP/1.1 204 No Content\r\n\r\n" + WAVE),
    "a part": says(b"HTTP/1.1 206 Part\r\nContent-Length: 1\r\n\r\nx"),
    "many cookies": body(b"", *(f"Set-Cookie: c{n}={'v' * 20}" for n in range(1000))),
    "a type for scripts": body(b"<script>alert(1)</script>", "Content-Type: text/html"),
    "deep JSON": body(b"[" * 300_000, "Content-Type: application/json"),
    "JSON of one endless number": body(b'{"code": ' + b"9" * 300_000 + b"}"),
    "a time to wait that is none": says(
        OK[:-2] + b"Retry-After: Mon, 99 Foo 99999 0:0:0 +9999\r\n\r\n"
    ),
    "a time to wait before time began": says(
        b"HTTP/1.1 503 Busy\r\nRetry-After: Mon, 01 Jan 0001 00:00:00 +2359\r\n\r\n"
    ),
    "an age to wait": says(b"HTTP/1.1 429 Busy\r\nRetry-After: " + b"9" * 5000 + b"\r\n\r\n"),
}
