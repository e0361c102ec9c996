"""The template keeps its promises: least privilege, AWS's limits, an alarm for every failure."""

import json
import re
from typing import Any

import pytest

from plantain.lifecycle import TERMINAL
from plantain.providers import all_providers
from plantain.settings import Settings
from tools.template import PARAMETERS, RESOURCES, SOURCE, TEMPLATE, of_type

DAY = 86_400
FUNCTIONS = {n.removesuffix("Function"): p for n, p in of_type("Function").items()}
QUEUES = of_type("Queue")
API_FUNCTIONS = ("Authorize", "Submit", "Query", "Callback")
TASK_WRITER = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
MAY = {
    "Authorize": {"dynamodb:GetItem"},
    "Submit": TASK_WRITER
    | {"dynamodb:PutItem", "s3:GetObject", "sqs:SendMessage", "secretsmanager:GetSecretValue"},
    "Query": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "s3:GetObject"}
    | {"secretsmanager:GetSecretValue"},
    "Callback": {"sqs:SendMessage", "secretsmanager:GetSecretValue"},
    "Advance": TASK_WRITER
    | {"s3:PutObject", "secretsmanager:GetSecretValue", "sqs:SendMessage"}
    | {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Poll": {"dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"},
    "Publish": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    | {"dynamodb:ListStreams", "dynamodb:UpdateItem", "sns:Publish", "sqs:SendMessage"},
}
# What costs something while nothing happens: the secret ($0.40 a month) and the alarms above ten.
FREE_WHEN_IDLE = {
    "ApiGatewayV2", "CloudWatch", "DynamoDB", "IAM", "Logs", "S3", "SNS", "SQS",
    "Scheduler", "SecretsManager", "Serverless",
}  # fmt: skip


def statements(role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in RESOURCES[role]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def alarmed(dimension: str) -> set[str]:
    alarms = (alarm["Dimensions"][0] for alarm in of_type("Alarm").values())
    return {str(d["Value"]) for d in alarms if d["Name"] == dimension}


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_a_function_has_a_folder_a_description_and_logs_that_expire(verb: str) -> None:
    function, logs = FUNCTIONS[verb], RESOURCES[f"{verb}Logs"]["Properties"]
    assert function["CodeUri"] == f"functions/{verb.lower()}"
    assert function["Description"]
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": f"{verb}Logs"}}
    assert logs["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_a_function_may_do_exactly_what_it_does(verb: str) -> None:
    assert FUNCTIONS[verb]["Role"] == {"Fn::GetAtt": f"{verb}Role.Arn"}
    assert "ManagedPolicyArns" not in RESOURCES[f"{verb}Role"]["Properties"]
    allowed = {action for s in statements(f"{verb}Role") for action in listed(s["Action"])}
    assert allowed == MAY[verb] | LOGS


def test_no_allowed_resource_or_action_is_a_wildcard() -> None:
    allowed = [s for role in of_type("Role") for s in statements(role)]
    assert not [s for s in allowed if "*" in str(s["Action"])]
    wild = [s["Action"] for s in allowed if "*" in listed(s["Resource"])]
    assert wild == ["dynamodb:ListStreams"]  # it takes no resource


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_every_variable_of_a_function_is_a_setting(verb: str) -> None:
    variables = FUNCTIONS[verb]["Environment"]["Variables"]
    assert {name.lower() for name in variables} <= set(Settings.model_fields)


@pytest.mark.parametrize("verb", API_FUNCTIONS)
def test_the_functions_of_the_apis_answer_before_the_api_gives_up(verb: str) -> None:
    assert FUNCTIONS[verb]["Timeout"] < 30


@pytest.mark.parametrize("verb", ["Submit", "Advance"])
def test_a_lease_outlives_its_function_by_a_little(verb: str) -> None:
    lease = int(FUNCTIONS[verb]["Environment"]["Variables"]["LEASE_SECONDS"])
    assert 10 <= lease - FUNCTIONS[verb]["Timeout"] <= 12


def test_a_message_stays_hidden_while_it_is_worked_on() -> None:
    queue = QUEUES["AdvanceQueue"]
    assert FUNCTIONS["Advance"]["Timeout"] + 30 <= queue["VisibilityTimeout"] <= 12 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_is_encrypted_and_within_the_limits_of_sqs(name: str) -> None:
    queue = QUEUES[name]
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] <= 14 * DAY
    assert queue.get("DelaySeconds", 0) <= 900
    assert not name.endswith("DeadLetters") or queue["MessageRetentionPeriod"] == 14 * DAY
    assert {"Ref": name} in RESOURCES["QueuePolicy"]["Properties"]["Queues"]


def test_what_is_called_without_waiting_has_somewhere_to_fail_to() -> None:
    poll = FUNCTIONS["Poll"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
    target = RESOURCES["PollSchedule"]["Properties"]["Target"]
    stream = FUNCTIONS["Publish"]["Events"]["Finished"]["Properties"]
    queue = QUEUES["AdvanceQueue"]["RedrivePolicy"]["deadLetterTargetArn"]
    assert poll == target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": "PollDeadLetters.Arn"}
    assert stream["DestinationConfig"]["OnFailure"]["Destination"] == {
        "Fn::GetAtt": "PublishDeadLetters.Arn"
    }
    assert queue == {"Fn::GetAtt": "AdvanceDeadLetters.Arn"}


def test_every_failure_has_an_alarm() -> None:
    dead_letters = [name for name in QUEUES if name.endswith("DeadLetters")]
    assert alarmed("QueueName") == {str({"Fn::GetAtt": f"{n}.QueueName"}) for n in dead_letters}
    assert alarmed("FunctionName") == {str({"Ref": f"{verb}Function"}) for verb in FUNCTIONS}
    assert alarmed("ApiId") == {str({"Ref": name}) for name in of_type("HttpApi")}
    metrics = {alarm["MetricName"] for alarm in of_type("Alarm").values()}
    assert {"OldestDueSeconds", "LateSuccess"} <= metrics
    for alarm in of_type("Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_only_finished_tasks_that_are_still_due_are_published() -> None:
    stream = FUNCTIONS["Publish"]["Events"]["Finished"]["Properties"]
    (pattern,) = stream["FilterCriteria"]["Filters"]
    row = json.loads(pattern["Pattern"])["dynamodb"]["NewImage"]
    assert set(row["state"]["S"]) == set(TERMINAL)
    assert row["due"] == {"N": [{"exists": True}]}


def test_the_log_of_the_callback_api_holds_no_token() -> None:
    api = RESOURCES["CallbackApi"]["Properties"]
    assert "Auth" not in api
    assert set(re.findall(r"\$context\.([a-zA-Z.]+)", api["AccessLogSettings"]["Format"])) == {
        "requestId", "requestTime", "identity.sourceIp", "routeKey", "status", "responseLatency",
    }  # fmt: skip


def test_an_authorizers_answer_holds_for_one_route_only() -> None:
    authorizer = RESOURCES["Api"]["Properties"]["Auth"]["Authorizers"]["ApiKey"]
    assert authorizer["Identity"]["Context"] == ["routeKey"]
    assert authorizer["EnableFunctionDefaultPermissions"] is True


def test_the_data_outlives_the_stack() -> None:
    for name in ("TaskTable", "OwnerTable", "ImageBucket"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private_and_reached_over_tls_only() -> None:
    bucket = RESOURCES["ImageBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (statement,) = RESOURCES["ImageBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_secret_starts_with_a_place_for_every_key() -> None:
    made = RESOURCES["UpstreamSecret"]["Properties"]["GenerateSecretString"]
    places = json.loads(made["SecretStringTemplate"])
    assert places.pop("callbackKeyPrevious") == ""
    assert set(places) <= set(all_providers())
    assert set(PARAMETERS["ProviderOrder"]["Default"].split(",")) == set(places)
    assert all(place == {"key": "", "url": ""} for place in places.values())


def test_nothing_costs_much_while_idle_or_is_refused_by_a_new_account() -> None:
    assert {r["Type"].split("::")[1] for r in RESOURCES.values()} <= FREE_WHEN_IDLE
    for costly in ("ReservedConcurrent", "ProvisionedConcurrency", "AWS::KMS", "ProvisionedThr"):
        assert costly not in SOURCE
    tables = of_type("Table").values()
    assert {table["BillingMode"] for table in tables} == {"PAY_PER_REQUEST"}


def test_what_a_user_needs_is_an_output() -> None:
    assert {
        "ApiUrl", "CallbackUrl", "ImageBucketName", "TaskTableName", "OwnerTableName",
        "TaskTopicArn", "UpstreamSecretArn", "AdvanceQueueUrl", "PollFunctionName",
        "AdvanceDeadLettersUrl", "PollDeadLettersUrl", "PublishDeadLettersUrl",
    } <= set(TEMPLATE["Outputs"])  # fmt: skip
