"""The example that a user deploys beside Plantain hears of finished tasks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.config import ARTIFACTS
from tests.e2e.cloud import Cloud, eventually
from tests.e2e.process import ROOT

STACK = "subscriber"


@pytest.fixture(scope="module")
def subscriber(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The example, built with `sam build` and deployed; the name of its function."""
    directory = tmp_path_factory.mktemp("example") / STACK
    shutil.copytree(ROOT / "examples" / STACK, directory)
    subprocess.run(
        [ROOT / ".venv/sam/bin/python", "-m", "local.build", "--directory", "build"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    return _deploy(cloud, directory / "build")


def _deploy(cloud: Cloud, build: Path) -> str:
    storage, formation = cloud.aws.emulated("s3"), cloud.aws.client("cloudformation")
    for archive in build.glob("*.zip"):
        storage.put_object(Bucket=ARTIFACTS, Key=archive.name, Body=archive.read_bytes())
    topic = cloud.aws.outputs["TaskTopicArn"]
    formation.create_stack(
        StackName=STACK,
        TemplateBody=(build / "cloudformation.json").read_text(),
        Parameters=[{"ParameterKey": "TaskTopicArn", "ParameterValue": topic}],
        Capabilities=["CAPABILITY_IAM"],
    )
    eventually(
        lambda: formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"],
        lambda status: status == "CREATE_COMPLETE",
    )
    function = formation.describe_stack_resource(StackName=STACK, LogicalResourceId="HearFunction")[
        "StackResourceDetail"
    ]
    return str(function["PhysicalResourceId"])


def test_the_example_hears_what_its_filter_lets_through(cloud: Cloud, subscriber: str) -> None:
    made = cloud.order(words="fast").task_id
    assert len(cloud.wait(made)["images"]) == 1
    event = cloud.events(made)[0]
    heard = f"{event.body['id']} task.succeeded {made} images=1"
    assert eventually(lambda: _lines(cloud, subscriber, made), bool) == [heard]
    (policy,) = _policies(cloud, subscriber)
    assert "task.cancelled" not in policy


def _lines(cloud: Cloud, function: str, task_id: str) -> list[str]:
    """What the function printed of a task."""
    logs = cloud.aws.client("logs")
    try:
        answer = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")
    except logs.exceptions.ResourceNotFoundException:
        return []
    lines = [line for each in answer["events"] for line in each["message"].splitlines()]
    return [line for line in lines if task_id in line]


def _policies(cloud: Cloud, function: str) -> list[str]:
    """The filters of the topic's subscriptions, where they have one."""
    topics = cloud.aws.client("sns")
    found = topics.list_subscriptions_by_topic(TopicArn=cloud.aws.outputs["TaskTopicArn"])
    attributes = [
        topics.get_subscription_attributes(SubscriptionArn=each["SubscriptionArn"])["Attributes"]
        for each in found["Subscriptions"]
    ]
    return [each["FilterPolicy"] for each in attributes if each.get("FilterPolicy")]
