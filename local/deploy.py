"""Put the built stack on the emulator: its code, the stack itself, the providers' keys."""

import json
import math
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from local.config import ARTIFACTS, PROVIDERS, REGION, STACK, Config, Trouble
from local.engines.mirror import make_bucket, make_table, tables_of

AwsFailure = (BotoCoreError, ClientError)


class Stack:
    """The stack on the emulator, and clients for what it made."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.outputs: dict[str, str] = {}
        self._session = boto3.Session("local", "local", region_name=REGION)
        self._options = ClientConfig(read_timeout=120, proxies={})

    @cached_property
    def _functions(self) -> Any:
        return self.client("lambda")

    def client(self, service: str) -> Any:
        """A client of the emulator, or of the real engine that stands in for it."""
        url = self.config.engines.get(service, self.config.aws_url)
        return self._session.client(service, endpoint_url=url, config=self._options)

    def emulated(self, service: str) -> Any:
        url = self.config.aws_url
        return self._session.client(service, endpoint_url=url, config=self._options)

    def table(self, output: str) -> Any:
        url = self.config.engines.get("dynamodb", self.config.aws_url)
        tables = self._session.resource("dynamodb", endpoint_url=url, config=self._options)
        return tables.Table(self.outputs[output])

    def deploy(self, build: Path) -> None:
        """Create everything the template says; `Trouble` gives the first reason if it fails."""
        self._upload(build)
        formation = self.client("cloudformation")
        formation.create_stack(
            StackName=STACK,
            TemplateURL=f"{self.config.aws_url}/{ARTIFACTS}/cloudformation.json",
            Parameters=parameters(self.config, build),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        self._wait(formation)
        self._set_secret()
        if self.config.real_engines:
            self._mirror(build)

    def sweep(self) -> None:
        """Ring the poller once, as its schedule would; what one sweep misses the next one does."""
        name = self.outputs["PollFunctionName"]
        with suppress(*AwsFailure):
            self._functions.invoke(FunctionName=name, InvocationType="Event")

    def _upload(self, build: Path) -> None:
        storage = self.emulated("s3")
        storage.create_bucket(Bucket=ARTIFACTS)
        for file in (build / "cloudformation.json", *build.glob("*.zip")):
            storage.put_object(Bucket=ARTIFACTS, Key=file.name, Body=file.read_bytes())

    def _wait(self, formation: Any) -> None:
        while True:
            (stack,) = formation.describe_stacks(StackName=STACK)["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.2)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            raise Trouble(f"The stack failed: {_first_reason(formation)}")
        self.outputs = {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", [])}

    def _mirror(self, build: Path) -> None:
        """Make the tables and the bucket once more, on the real engines."""
        resources = json.loads((build / "cloudformation.json").read_text())["Resources"]
        for output, properties in tables_of(resources).items():
            make_table(self.client("dynamodb"), self.outputs[output], properties)
        bucket = self.outputs["ImageBucketName"]
        make_bucket(self.client("s3"), bucket, self.emulated("s3"))

    def _set_secret(self) -> None:
        secrets = self.client("secretsmanager")
        arn = self.outputs["UpstreamSecretArn"]
        content = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        for provider in PROVIDERS:
            url = f"{self.config.upstream_url}/{provider}"
            content[provider] = {"key": f"local-{provider}-key", "url": url}
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(content))


def subscribe(queues: Any, topics: Any, queue: str, topic: str) -> None:
    """Have a topic's messages put into a queue, which has to allow it."""
    answer = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    arn = answer["Attributes"]["QueueArn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    queues.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    topics.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)


def parameters(config: Config, build: Path) -> list[dict[str, str]]:
    """What the template is given; `Trouble` names what it would not take from PARAMETERS."""
    known = json.loads((build / "cloudformation.json").read_text())["Parameters"]
    own = {name: value for name, value in _own(config).items() if value is not None}
    for name, _ in config.given_parameters:
        if name not in known:
            raise Trouble(f"PARAMETERS: {name} is none; template.yaml has them all")
        if name in own:
            raise Trouble(f"PARAMETERS: {name} is set here already, to {own[name]}")
    values = {**dict(config.given_parameters), **own}
    return [{"ParameterKey": name, "ParameterValue": str(each)} for name, each in values.items()]


def _own(config: Config) -> dict[str, str | int | None]:
    return {
        "AllowHosts": ",".join(config.allow_hosts),
        "ApiBaseUrl": config.api_url,
        "CallbackBaseUrl": config.callback_url,
        "SweepMinutes": _sweep_minutes(config),
        "FirstCheckSeconds": config.first_check_seconds,
        "DeadlineSeconds": config.deadline_seconds,
    }


def _sweep_minutes(config: Config) -> int:
    """Seldom where it could come before the real tables are there: a timer sweeps as well."""
    return 59 if config.real_engines else math.ceil(config.sweep_seconds / 60)


def _first_reason(formation: Any) -> str:
    events = formation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    if not failed:
        return "see the emulator's log"
    return f"{failed[0]['LogicalResourceId']}: {failed[0].get('ResourceStatusReason', '')}"
