"""Make on the real engines what the template made on the emulator: the tables and the bucket."""

from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

Properties = dict[str, Any]
_TABLE = "AWS::DynamoDB::Table"
_OF_A_TABLE = (
    *("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes"),
    *("KeySchema", "StreamSpecification"),
)


def tables_of(resources: dict[str, Any]) -> dict[str, Properties]:
    """The template's tables, each by the output that has its name."""
    found = {name: each for name, each in resources.items() if each["Type"] == _TABLE}
    return {f"{name}Name": each["Properties"] for name, each in found.items()}


def table_of(properties: Properties) -> dict[str, Any]:
    """What DynamoDB is told to make the table that the template describes."""
    wanted = {name: properties[name] for name in _OF_A_TABLE if name in properties}
    if stream := wanted.get("StreamSpecification"):
        wanted["StreamSpecification"] = {**stream, "StreamEnabled": True}
    return wanted


def make_table(tables: Any, name: str, properties: Properties) -> None:
    tables.create_table(TableName=name, **table_of(properties))
    if expiry := properties.get("TimeToLiveSpecification"):
        tables.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)


def make_bucket(storage: Any, name: str, emulated: Any) -> None:
    """With the origins that the emulator has; but the policy would refuse whoever comes without
    TLS, and rules for whoever does not sign are not needed where nobody else gets in."""
    storage.create_bucket(Bucket=name)
    with suppress(ClientError):  # there are none if no origins are given
        rules = emulated.get_bucket_cors(Bucket=name)["CORSRules"]
        storage.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules})
