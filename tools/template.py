"""template.yaml as plain data, with CloudFormation's short tags in their long forms."""

from pathlib import Path
from typing import Any

import yaml

SOURCE = (Path(__file__).parent.parent / "template.yaml").read_text()


class _Loader(yaml.SafeLoader):
    pass


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    match node:
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case yaml.ScalarNode():
            return {name: loader.construct_scalar(node)}
    raise TypeError(tag)


_Loader.add_multi_constructor("!", _long_form)

TEMPLATE: dict[str, Any] = yaml.load(SOURCE, _Loader)  # noqa: S506 - a safe one
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


def of_type(kind: str) -> dict[str, Any]:
    """The properties of every resource of a type, such as Queue, by name."""
    return {
        name: resource.get("Properties", {})
        for name, resource in RESOURCES.items()
        if resource["Type"].endswith(f"::{kind}")
    }
