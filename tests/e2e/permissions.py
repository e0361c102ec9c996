"""What the functions' roles allow, what they were seen doing, and how the two compare."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.e2e.aws import Aws, Json

# Lambda itself does these in the function's role; the emulator does them in nobody's.
READS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
}
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
_ROLE = re.compile(r"plantain-(\w+)Role-\w+")


@dataclass(frozen=True, order=True)
class Permission:
    """A function, such as Submit, and what it does or may do to a resource, or to all like it."""

    function: str
    action: str
    resource: str

    def covers(self, done: "Permission") -> bool:
        same = (self.function, self.action) == (done.function, done.action)
        return same and fnmatchcase(done.resource, self.resource)


def missing(allowed: Iterable[Permission], done: Iterable[Permission]) -> list[Permission]:
    """What was done, or tried, and is not allowed."""
    return sorted(each for each in done if not any(may.covers(each) for may in allowed))


def unused(allowed: Iterable[Permission], done: Iterable[Permission]) -> list[Permission]:
    """What is allowed, and nobody did."""
    return sorted(may for may in allowed if not any(may.covers(each) for each in done))


def seen(log: Path) -> set[Permission]:
    """What the emulator was asked for in the functions' roles, refused or not."""
    lines = (line.split() for line in log.read_text().splitlines())
    return {Permission(_function(role), action, arn) for role, action, arn, _ in lines}


def granted(aws: Aws) -> set[Permission]:
    """Every action on every resource in the functions' roles, as they were deployed."""
    iam = aws.client("iam")
    return {
        Permission(_function(role), action, resource)
        for role in {function["Role"].rpartition("/")[2] for function in _functions(aws)}
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        for statement in _statements(iam.get_role_policy(RoleName=role, PolicyName=name))
        for action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }


def lambdas_own(aws: Aws) -> set[Permission]:
    """What Lambda does for the functions: reads their queues and streams, writes their logs, and
    says where a batch or a call is put that failed for good."""
    return {permission for function in _functions(aws) for permission in _own(aws, function)}


def _own(aws: Aws, function: Json) -> Iterator[Permission]:
    who = _function(function["Role"].rpartition("/")[2])
    group = function["LoggingConfig"]["LogGroup"]
    region, account = function["FunctionArn"].split(":")[3:5]
    yield from (
        Permission(who, each, f"arn:aws:logs:{region}:{account}:log-group:{group}:*")
        for each in LOGS
    )
    named = {"FunctionName": function["FunctionName"]}
    functions = aws.client("lambda")
    for source in functions.list_event_source_mappings(**named)["EventSourceMappings"]:
        arn = source["EventSourceArn"]
        service = arn.split(":")[2]
        yield from (Permission(who, action, arn) for action in READS[service])
        if service == "dynamodb":
            yield Permission(who, "dynamodb:ListStreams", "*")
        yield from _failure(who, source)
    for config in functions.list_function_event_invoke_configs(**named)[
        "FunctionEventInvokeConfigs"
    ]:
        yield from _failure(who, config)


def _failure(who: str, config: Json) -> Iterator[Permission]:
    if queue := config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"):
        yield Permission(who, "sqs:SendMessage", queue)


def _functions(aws: Aws) -> list[Json]:
    functions: list[Json] = aws.client("lambda").list_functions()["Functions"]
    return functions


def _function(role: str) -> str:
    found = _ROLE.fullmatch(role)
    assert found, role
    return found[1]


def _statements(policy: Json) -> list[Json]:
    statements: list[Json] = policy["PolicyDocument"]["Statement"]
    return statements


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
