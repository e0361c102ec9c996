"""The template keeps its promises: least privilege, AWS's limits, an alarm for every failure."""

import json
import re
from dataclasses import fields
from typing import Any

import pytest

from plantain.lifecycle import TERMINAL
from plantain.providers import all_providers
from plantain.references import FOLDER
from plantain.settings import MAX_DELAYS, Settings
from plantain.tries import LONGEST_WAIT
from tools.template import PARAMETERS, RESOURCES, SOURCE, TEMPLATE, of_type

DAY = 86_400
FUNCTIONS = {n.removesuffix("Function"): p for n, p in of_type("Function").items()}
QUEUES = of_type("Queue")
API_FUNCTIONS = (
    *("Authorize", "Upload", "Submit", "Translate", "Query", "Retell", "Show", "Describe"),
    *("Console", "Callback", "Notify"),
)
TASK_WRITER = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"}
NOT_OVER_TLS = {"Bool": {"aws:SecureTransport": "false"}}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
MAY = {
    "Authorize": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
    "Upload": {"s3:PutObject", "dynamodb:UpdateItem"},
    "Submit": {"dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"}
    | {"dynamodb:BatchGetItem", "dynamodb:GetItem"}
    | {"secretsmanager:GetSecretValue", "s3:GetObject", "s3:PutObject"},
    "Translate": {"dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"}
    | {"dynamodb:BatchGetItem", "dynamodb:GetItem"}
    | {"secretsmanager:GetSecretValue", "s3:GetObject", "s3:PutObject"},
    "Retell": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"},
    "Query": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "s3:GetObject"}
    | {"secretsmanager:GetSecretValue", "dynamodb:UpdateItem", "sqs:GetQueueAttributes"},
    "Cancel": {"dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"},
    "Remove": {"dynamodb:Query", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"}
    | {"s3:DeleteObject", "s3:ListBucket"},
    "Show": {"dynamodb:GetItem", "s3:GetObject"},
    "Describe": set(),
    "Console": set(),
    "Callback": {"sqs:SendMessage", "secretsmanager:GetSecretValue"},
    "Advance": TASK_WRITER
    | {"dynamodb:DeleteItem", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"}
    | {"secretsmanager:GetSecretValue", "sqs:SendMessage"}
    | {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Poll": {
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "sqs:GetQueueAttributes",
        "sqs:SendMessage",
    },
    "Publish": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    | {"dynamodb:ListStreams", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
    | {"sns:Publish", "sqs:SendMessage"},
    "Thumbnail": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
    | {"dynamodb:ListStreams", "dynamodb:Query", "dynamodb:UpdateItem"}
    | {"s3:GetObject", "s3:PutObject"},
    "Deliver": TASK_WRITER
    | {"sqs:SendMessage", "sqs:ChangeMessageVisibility"}
    | {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "Notify": TASK_WRITER | {"dynamodb:PutItem", "sqs:SendMessage"},
}
# What costs something while nothing happens: the secret ($0.40 a month) and the alarms above ten.
FREE_WHEN_IDLE = {
    "ApiGatewayV2", "CloudWatch", "DynamoDB", "IAM", "Lambda", "Logs", "S3", "SNS", "SQS",
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
    assert set(wild) == {"dynamodb:ListStreams"}  # it takes no resource


@pytest.mark.parametrize("verb", FUNCTIONS)
def test_every_variable_of_a_function_is_a_setting(verb: str) -> None:
    variables = FUNCTIONS[verb]["Environment"]["Variables"]
    assert {name.lower() for name in variables} <= {each.name for each in fields(Settings)}


@pytest.mark.parametrize("verb", API_FUNCTIONS)
def test_the_functions_of_the_apis_answer_before_the_api_gives_up(verb: str) -> None:
    assert FUNCTIONS[verb]["Timeout"] < 30


@pytest.mark.parametrize("verb", ["Submit", "Translate", "Advance", "Deliver"])
def test_a_lease_outlives_its_function_by_a_little(verb: str) -> None:
    lease = int(FUNCTIONS[verb]["Environment"]["Variables"]["LEASE_SECONDS"])
    assert 10 <= lease - FUNCTIONS[verb]["Timeout"] <= 12


def test_a_message_stays_hidden_while_it_is_worked_on() -> None:
    queue = QUEUES["AdvanceQueue"]
    assert FUNCTIONS["Advance"]["Timeout"] + 30 <= queue["VisibilityTimeout"] <= 12 * 3600
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5


@pytest.mark.parametrize("name", ["DeliverQueue", "SlowDeliverQueue"])
def test_a_delivery_outlives_all_its_tries(name: str) -> None:
    queue, function = QUEUES[name], FUNCTIONS["Deliver"]
    lease = int(function["Environment"]["Variables"]["LEASE_SECONDS"])
    assert (
        lease + 30 <= queue["VisibilityTimeout"]
    )  # a try cut off is over when its message is back
    assert MAX_DELAYS * LONGEST_WAIT <= 12 * DAY < queue["MessageRetentionPeriod"] - DAY
    # Twice for each try, once more where the wait is longer than a message can be hidden.
    assert 3 * (MAX_DELAYS + 1) < queue["RedrivePolicy"]["maxReceiveCount"] <= 1000
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": "DeliverDeadLetters.Arn"}


def test_each_deliver_queue_has_consumers_of_its_own() -> None:
    events = [event["Properties"] for event in FUNCTIONS["Deliver"]["Events"].values()]
    for event in events:
        assert event["BatchSize"] == 1
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert {event["Queue"]["Fn::GetAtt"]: event["ScalingConfig"] for event in events} == {
        "DeliverQueue.Arn": {"MaximumConcurrency": {"Ref": "DeliverConcurrency"}},
        "SlowDeliverQueue.Arn": {"MaximumConcurrency": 2},
    }


@pytest.mark.parametrize("name", QUEUES)
def test_a_queue_is_encrypted_and_within_the_limits_of_sqs(name: str) -> None:
    queue = QUEUES[name]
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] <= 14 * DAY
    assert queue.get("DelaySeconds", 0) <= 900
    assert not name.endswith("DeadLetters") or queue["MessageRetentionPeriod"] == 14 * DAY
    policy = RESOURCES[f"{name}Policy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Queues"] == [{"Ref": name}]
    assert statement["Resource"] == {"Fn::GetAtt": f"{name}.Arn"}
    assert (statement["Effect"], statement["Condition"]) == ("Deny", NOT_OVER_TLS)


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
    pattern, *extra = stream["FilterCriteria"]["Filters"]
    row = json.loads(pattern["Pattern"])["dynamodb"]["NewImage"]
    assert set(row["state"]["S"]) == set(TERMINAL)
    assert row["due"] == {"N": [{"exists": True}]}
    assert [each["Fn::If"][0] for each in extra] == ["TellsQueued", "TellsSubmitted"]


@pytest.mark.parametrize(
    ("condition", "state"), [("TellsQueued", "queued"), ("TellsSubmitted", "submitted")]
)
def test_more_is_published_only_where_it_is_asked_for(condition: str, state: str) -> None:
    filters = FUNCTIONS["Publish"]["Events"]["Finished"]["Properties"]["FilterCriteria"]["Filters"]
    told = [each["Fn::If"][1:] for each in filters[1:] if each["Fn::If"][0] == condition]
    ((pattern, otherwise),) = told
    change = json.loads(pattern["Pattern"])["dynamodb"]
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert change["NewImage"]["state"]["S"] == [state]
    assert change["OldImage"]["state"]["S"] == [{"anything-but": [state]}]
    asked = [each["Fn::Equals"] for each in TEMPLATE["Conditions"][condition]["Fn::Or"]]
    assert [value for _, value in asked] == [state, "queued,submitted"]
    assert {value for _, value in asked} <= set(PARAMETERS["ExtraEvents"]["AllowedValues"])


def test_the_log_of_the_callback_api_holds_no_token() -> None:
    api = RESOURCES["CallbackApi"]["Properties"]
    assert "Auth" not in api
    assert set(re.findall(r"\$context\.([a-zA-Z.]+)", api["AccessLogSettings"]["Format"])) == {
        "requestId", "requestTime", "identity.sourceIp", "routeKey", "status", "responseLatency",
    }  # fmt: skip


@pytest.mark.parametrize("name", of_type("HttpApi"))
def test_the_log_of_an_api_holds_the_route_and_nothing_that_was_sent(name: str) -> None:
    """No path, query, header or body: they hold tokens, keys, links and prompts."""
    logged = RESOURCES[name]["Properties"]["AccessLogSettings"]["Format"]
    told = set(re.findall(r"\$context\.([a-zA-Z.]+)", logged))
    assert "routeKey" in told
    assert logged.count("$") == len(told)
    assert {each for each in told if not each.startswith("authorizer.")} <= {
        *("requestId", "requestTime", "identity.sourceIp", "routeKey", "status"),
        *("error.message", "responseLatency"),
    }


def test_every_api_is_throttled() -> None:
    for api in of_type("HttpApi").values():
        routes = api["DefaultRouteSettings"]
        assert routes["ThrottlingRateLimit"]["Ref"].endswith("RateLimit")
        assert routes["ThrottlingBurstLimit"]["Ref"].endswith("BurstLimit")


def test_a_page_is_let_in_by_its_key_and_never_by_a_cookie() -> None:
    for api in of_type("HttpApi").values():
        assert "AllowCredentials" not in str(api.get("CorsConfiguration"))


def test_only_links_and_who_asks_for_keys_itself_are_open_to_those_without() -> None:
    events = [e["Properties"] for f in FUNCTIONS.values() for e in f.get("Events", {}).values()]
    without = {(e["Method"], e["Path"]) for e in events if e.get("Auth") == {"Authorizer": "NONE"}}
    links = ("/i/{taskId}/{number}/{file}", "/u/{file}")
    pages = {("GET", p) for p in ("/openapi.json", "/docs", "/", "/console/{file}")}
    dialects = {("POST", "/api/{proxy+}"), ("GET", "/api/{proxy+}")}
    assert without - pages - dialects == {(m, p) for m in ("GET", "HEAD") for p in links}


def test_only_references_expire_by_themselves_and_only_they_are_written_from_outside() -> None:
    rules = RESOURCES["ImageBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (expiry,) = (rule for rule in rules if rule.get("Id") == "references")
    assert (expiry["Prefix"], expiry["ExpirationInDays"]) == (f"{FOLDER}/", {"Ref": "UploadDays"})
    for role in ("SubmitRole", "TranslateRole", "UploadRole"):
        (put,) = (s["Resource"] for s in statements(role) if s["Action"] == "s3:PutObject")
        assert put == {"Fn::Sub": f"${{ImageBucket.Arn}}/{FOLDER}/*"}


def test_a_browser_may_put_where_it_may_call() -> None:
    _, cors, _ = RESOURCES["ImageBucket"]["Properties"]["CorsConfiguration"]["Fn::If"]
    (rule,) = cors["CorsRules"]
    assert set(rule["AllowedMethods"]) == {"GET", "HEAD", "PUT"}
    assert rule["AllowedOrigins"] == {"Fn::Split": [",", {"Ref": "CorsOrigins"}]}


def test_an_authorizers_answer_holds_for_one_route_and_key_only_and_not_for_long() -> None:
    authorizer = RESOURCES["Api"]["Properties"]["Auth"]["Authorizers"]["ApiKey"]
    assert authorizer["Identity"]["Headers"] == ["Authorization"]
    assert authorizer["Identity"]["Context"] == ["routeKey"]
    assert authorizer["Identity"]["ReauthorizeEvery"] <= 60  # seconds until a revoked key is out
    assert authorizer["EnableFunctionDefaultPermissions"] is True


BROWSER_PATHS = RESOURCES["BrowserApi"]["Properties"]["DefinitionBody"]["paths"]


def test_browsers_have_the_same_routes_to_the_same_functions() -> None:
    keyed = {
        (event["Properties"]["Method"], event["Properties"]["Path"]): (
            verb,
            "Auth" not in event["Properties"],
        )
        for verb, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Properties"].get("ApiId") == {"Ref": "Api"}
        and event["Properties"]["Path"] != "/api/{proxy+}"  # for clients with keys
    }
    browsers = {
        (method.upper(), path): (
            re.findall(
                r"\$\{(\w+)Function\.Arn}", str(operation["x-amazon-apigateway-integration"]["uri"])
            ),
            operation.get("security") == [{"Token": []}],
        )
        for path, operations in BROWSER_PATHS.items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    assert browsers == {route: ([verb], secured) for route, (verb, secured) in keyed.items()}
    for path, operations in BROWSER_PATHS.items():
        named = [each["name"] for each in operations.get("parameters", [])]
        assert named == re.findall(r"{(\w+)}", path)


def test_nothing_is_there_for_browsers_unless_an_issuer_is_named() -> None:
    for name, resource in RESOURCES.items():
        made_for_them = name.startswith("Browser")
        assert (resource.get("Condition") == "HasJwtIssuer") is made_for_them
        assert made_for_them or "BrowserApi" not in str(resource)
    assert TEMPLATE["Outputs"]["BrowserApiUrl"]["Condition"] == "HasJwtIssuer"
    assert TEMPLATE["Conditions"]["HasJwtIssuer"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "JwtIssuer"}, ""]}]
    }


def test_a_token_must_be_of_the_issuer_and_meant_for_us() -> None:
    body = RESOURCES["BrowserApi"]["Properties"]["DefinitionBody"]
    (scheme,) = body["components"]["securitySchemes"].values()
    assert scheme["x-amazon-apigateway-authorizer"] == {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {
            "issuer": {"Ref": "JwtIssuer"},
            "audience": {"Fn::Split": [",", {"Ref": "JwtAudience"}]},
        },
    }
    (rule,) = TEMPLATE["Rules"].values()
    assert "JwtAudience" in rule["Assertions"][0]["AssertDescription"]


def test_whatever_browsers_call_may_be_called_by_their_api() -> None:
    allowed = {p["FunctionName"]["Ref"] for p in of_type("Permission").values()}
    assert allowed == {
        f"{verb}Function" for verb in re.findall(r"\$\{(\w+)Function\.Arn}", str(BROWSER_PATHS))
    }


def test_the_data_outlives_the_stack() -> None:
    for name in ("TaskTable", "OwnerTable", "ImageBucket"):
        assert RESOURCES[name]["DeletionPolicy"] == "Retain"
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private_and_reached_over_tls_only() -> None:
    bucket = RESOURCES["ImageBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (statement,) = RESOURCES["ImageBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", NOT_OVER_TLS)


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
        "DeliverQueueUrl", "SlowDeliverQueueUrl", "DeliverDeadLettersUrl",
    } <= set(TEMPLATE["Outputs"])  # fmt: skip
