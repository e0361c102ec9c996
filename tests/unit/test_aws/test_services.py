"""Each service of AWS is asked in its own way: with JSON, with a form, for objects."""

import io
import json
from hashlib import sha256

import pytest

from plantain import aws
from plantain.errors import AwsError
from tests.unit.aws import Cloud, get_item

ERROR = b"<Error><Code>%s</Code><Message>No, %s.</Message></Error>"


def test_an_operation_is_asked_for_by_its_name(cloud: Cloud) -> None:
    assert get_item() == {"Item": {}}
    ((method, path, headers, body),) = cloud.asked
    assert (method, path) == ("POST", "/")
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["content-type"] == "application/x-amz-json-1.0"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=id/")
    assert json.loads(body) == {"TableName": "tasks", "Key": {"id": {"S": "ü"}}}


def test_a_topic_is_told_with_a_form(cloud: Cloud) -> None:
    attributes = {
        "type": {"DataType": "String", "StringValue": "task.succeeded"},
        "owner": {"DataType": "String", "StringValue": "a&b"},
    }
    aws.Topics("sns").publish(TopicArn="arn", Message="ü=1", MessageAttributes=attributes)
    ((_, _, _, body),) = cloud.asked
    assert body.decode() == (
        "Action=Publish&Version=2010-03-31&TopicArn=arn&Message=%C3%BC%3D1"
        "&MessageAttributes.entry.1.Name=type"
        "&MessageAttributes.entry.1.Value.DataType=String"
        "&MessageAttributes.entry.1.Value.StringValue=task.succeeded"
        "&MessageAttributes.entry.2.Name=owner"
        "&MessageAttributes.entry.2.Value.DataType=String"
        "&MessageAttributes.entry.2.Value.StringValue=a%26b"
    )


def test_what_a_topic_refuses_is_said(cloud: Cloud) -> None:
    cloud.says = [(403, ERROR % (b"AuthorizationError", b"never"))]
    with pytest.raises(AwsError, match=r"Publish: AuthorizationError: No, never\."):
        aws.Topics("sns").publish(TopicArn="arn", Message="m")


def test_a_picture_is_put_from_its_file_also_a_second_time(
    cloud: Cloud, pauses: list[float]
) -> None:
    content = bytes(range(256)) * 1000
    digest = sha256(content).hexdigest()
    cloud.says = [(503, ERROR % (b"SlowDown", b"later")), (200, b"")]
    aws.Objects("s3").put_object(
        Bucket="images",
        Key="alice/a b.png",
        Body=io.BytesIO(content),
        Sha256=digest,
        ContentLength=len(content),
        ContentType="image/png",
    )
    for method, path, headers, body in cloud.asked:
        assert (method, path, body) == ("PUT", "/images/alice/a%20b.png", content)
        assert headers["x-amz-content-sha256"] == digest
        assert headers["content-type"] == "image/png"
    assert len(cloud.asked) == 2


@pytest.mark.parametrize("status", [403, 404])
def test_an_object_that_is_not_there_is_told_by_its_status(status: int, cloud: Cloud) -> None:
    cloud.says = [(status, b"")]
    with pytest.raises(AwsError) as told:
        aws.Objects("s3").head_object(Bucket="images", Key="none")
    assert (told.value.status, told.value.code) == (status, f"HTTP {status}")


def test_an_object_is_read(cloud: Cloud) -> None:
    cloud.says = [(200, b"picture")]
    assert aws.Objects("s3").get_object(Bucket="images", Key="a")["Body"] == b"picture"
