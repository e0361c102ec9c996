"""Lint what CloudFormation will see: the template after SAM has translated it.

`sam validate --lint` reads the source only, and passes circles and wrong references."""

import logging
import sys
from pathlib import Path

from cfnlint.api import lint
from cfnlint.config import ManualArgs
from samcli.lib.translate.sam_template_validator import SamTemplateValidator
from samcli.yamlhelper import yaml_parse

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
REGIONS = ["us-east-1", "eu-central-1", "ap-northeast-1"]


class NoManagedPolicies:
    """The template names none, so AWS need not be asked for their list."""

    @staticmethod
    def load() -> dict[str, str]:
        return {}


def translate(source: str, arch: str) -> str:
    validator = SamTemplateValidator(
        yaml_parse(source),
        NoManagedPolicies,
        region=REGIONS[0],
        parameter_overrides={"Arch": arch},
    )
    translated: str = validator.get_translated_template_if_valid()
    return translated


def main() -> int:
    logging.disable(logging.WARNING)  # the translator's, about its own metrics
    source = TEMPLATE.read_text()
    config = ManualArgs(regions=REGIONS)
    found = {
        f"{match.rule.id} {match.message}"
        for arch in ("arm64", "x86_64")
        for match in lint(translate(source, arch), config=config)
    }
    print("\n".join(sorted(found)) or "The translated template is clean.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
