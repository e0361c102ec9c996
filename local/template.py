"""Turn the built SAM template into CloudFormation that the emulator understands."""

import json
import re
import zlib
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.config import ARTIFACTS, REGION, api_id

Template = dict[str, Any]
Resources = dict[str, dict[str, Any]]
_ABSENT = re.compile(r'\{"N":\[(\{"exists":false\})\]\}')
_CODE = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
}
_KINDS = {"request": "CUSTOM", "jwt": "JWT"}  # of an authorizer, and of a route that has one


def derive(directory: Path) -> list[str]:
    """Write the built template as CloudFormation; the names of the code archives it wants."""
    template: Template = yaml.safe_load((directory / "template.yaml").read_text())
    names = []
    for name, resource in template["Resources"].items():
        if place := _CODE.get(resource["Type"]):
            resource["Properties"][place] = f"s3://{ARTIFACTS}/{name}.zip"
            names.append(name)
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    lowered = lower(translator.translate(template, parameter_values={}))
    (directory / "cloudformation.json").write_text(json.dumps(lowered, indent=1))
    return names


def lower(template: Template) -> Template:
    """Say in other words what the emulator does not understand."""
    resources: Resources = template["Resources"]
    for name, resource in list(resources.items()):
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            made = _lower_api(name, properties)
            only = {"Condition": resource["Condition"]} if "Condition" in resource else {}
            resources.update({each: {**content, **only} for each, content in made.items()})
        elif resource["Type"] == "AWS::Lambda::EventSourceMapping":
            _lower_mapping(properties, template["Parameters"])
    return _with_secret_arns(template)


def _with_secret_arns(template: Template) -> Template:
    """It takes a reference to a secret for its name; in AWS it is the ARN, which a role needs."""
    text = json.dumps(template)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::SecretsManager::Secret":
            text = text.replace(json.dumps({"Ref": name}), json.dumps({"Fn::GetAtt": [name, "Id"]}))
    named: Template = json.loads(text)
    return named


def _lower_mapping(properties: dict[str, Any], parameters: dict[str, Any]) -> None:
    """It takes a number that comes from a parameter for text, and compares it with numbers; and
    what is absent altogether it does not take for absent."""
    match properties.get("ScalingConfig"):
        case {"MaximumConcurrency": {"Ref": parameter}}:
            number = parameters[parameter]["Default"]
            properties["ScalingConfig"] = {"MaximumConcurrency": number}
    for each in properties.get("FilterCriteria", {}).get("Filters", []):
        if "Pattern" in each:
            each["Pattern"] = _ABSENT.sub(r"[\1]", each["Pattern"])


def _lower_api(name: str, properties: dict[str, Any]) -> Resources:
    """It does not read the OpenAPI body that SAM writes."""
    body = properties.pop("Body")
    properties |= {
        "Name": name,
        "ProtocolType": "HTTP",
        "Tags": {"ms-custom-id": api_id(name)},
    }
    if cors := body.get("x-amazon-apigateway-cors"):
        properties["CorsConfiguration"] = cors  # it wants the body's camelCase here
    schemes = body.get("components", {}).get("securitySchemes", {})
    lowered = {
        f"{name}{scheme}": _authorizer(name, scheme, content["x-amazon-apigateway-authorizer"])
        for scheme, content in schemes.items()
    }
    kinds = {
        scheme: _KINDS[content["x-amazon-apigateway-authorizer"]["type"]]
        for scheme, content in schemes.items()
    }
    for path, methods in body["paths"].items():
        for method, operation in methods.items():
            if "x-amazon-apigateway-integration" in operation:
                lowered |= _route(name, method, path, operation, kinds)
    return lowered


def _authorizer(api: str, name: str, content: dict[str, Any]) -> dict[str, Any]:
    properties = {"ApiId": {"Ref": api}, "Name": name}
    if content["type"] == "jwt":
        properties |= {
            "AuthorizerType": "JWT",
            "IdentitySource": [content["identitySource"]],
            "JwtConfiguration": {
                "Issuer": content["jwtConfiguration"]["issuer"],
                "Audience": content["jwtConfiguration"]["audience"],
            },
        }
    else:
        properties |= {
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": content["authorizerUri"],
            "AuthorizerPayloadFormatVersion": content["authorizerPayloadFormatVersion"],
            "AuthorizerResultTtlInSeconds": content.get("authorizerResultTtlInSeconds", 0),
            "EnableSimpleResponses": content.get("enableSimpleResponses", False),
            "IdentitySource": content["identitySource"],
        }
    return {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": properties}


def _route(
    api: str, method: str, path: str, operation: dict[str, Any], kinds: dict[str, str]
) -> Resources:
    integration = operation["x-amazon-apigateway-integration"]
    verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
    key = "$default" if path == "/$default" else f"{verb} {path}"
    name = f"{api}{zlib.crc32(key.encode()):08x}"
    route = {"ApiId": {"Ref": api}, "RouteKey": key}
    route["Target"] = {"Fn::Sub": f"integrations/${{{name}Integration}}"}
    for scheme in (scheme for entry in operation.get("security", []) for scheme in entry):
        if scheme != "NONE":  # SAM's word for a route that is open to all
            route["AuthorizationType"] = kinds[scheme]
            route["AuthorizerId"] = {"Ref": f"{api}{scheme}"}
    return {
        f"{name}Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": route},
        f"{name}Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": integration["uri"],
                "PayloadFormatVersion": integration["payloadFormatVersion"],
            },
        },
    }
