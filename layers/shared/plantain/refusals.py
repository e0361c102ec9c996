"""What AWS says where it does not do what was asked: read, and known by whether it may pass."""

import re
from typing import Any

from plantain.errors import AwsError, ConditionFailed

UNREACHABLE = "Unreachable"
# Nothing was done, or nobody knows: to ask once more does no harm, and may help.
PASSING = frozenset(
    {
        UNREACHABLE,
        *("ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled"),
        *("RequestTimeout", "SlowDown", "Throttling", "ThrottlingException"),
        *("TooManyRequestsException", "TransactionInProgressException"),
    }
)
CONDITIONS = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


def may_pass(refusal: AwsError) -> bool:
    return refusal.code in PASSING or refusal.status >= 500


def of_json(operation: str, told: dict[str, Any], status: int) -> AwsError:
    # Written as Code, namespace#Code or Code:address.
    code = str(told.get("__type") or "").partition(":")[0].rpartition("#")[2]
    message = str(told.get("message") or told.get("Message") or "")
    return _refusal(operation, code, message, status, told.get("Item"))


def of_xml(operation: str, content: bytes, status: int) -> AwsError:
    text = content.decode(errors="replace")
    found = (re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("Code", "Message"))
    code, message = (match[1] if match else "" for match in found)
    return _refusal(operation, code, message, status)


def _refusal(operation: str, code: str, message: str, status: int, item: Any = None) -> AwsError:
    kind = ConditionFailed if code in CONDITIONS else AwsError
    code = code or f"HTTP {status}"
    # Below its first line, a signature that is refused is explained with the session's token.
    said = f"{operation}: {code}: {message.partition('\n')[0]}"
    return kind(code, said, status, item)
