"""Every parameter of the template says what it is, refuses nonsense, and is used."""

import re

import pytest

from tools.template import PARAMETERS, SOURCE, TEMPLATE


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_described_checked_grouped_and_used(name: str) -> None:
    parameter = PARAMETERS[name]
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert parameter["Description"]
    assert "Default" in parameter
    assert {"AllowedPattern", "AllowedValues", "MinValue"} & set(parameter)
    assert sum(name in group["Parameters"] for group in groups) == 1
    assert re.search(rf"!Ref {name}\b|\$\{{{name}\}}", SOURCE)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("AlarmEmail", ["", "ops@example.com"], ["ops", "a b@example.com"]),
        ("AllowHosts", ["", "127.0.0.1:9910,b.test:80"], ["127.0.0.1", "http://b.test:80"]),
        ("CallbackBaseUrl", ["", "https://a.test", "http://127.0.0.1:80/b"], ["a.test", "https://a.test/"]),
        ("CorsOrigins", ["*", "", "https://a.test,http://b.test:80"], ["a.test", "https://a.test/"]),
        ("JwtIssuer", ["", "https://a.test/", "https://a.test/b_C"], ["a.test", "https://a.test?b"]),
        ("JwtAudience", ["", "abc", "abc,https://b.test"], ["a b", "a,", ",a"]),
        ("Prices", ["", "apixo/nano-banana-2=0.04,b/c=1"], ["apixo=1", "a/b=1,"]),
        ("WebhookDelays", ["0", "9,43200" + ",9" * 22], ["", "1,", "43201", "01", "9" + ",9" * 24]),
        ("ProviderOrder", ["apixo", "apixo,maxapi"], ["", "apixo, maxapi"]),
    ],
)  # fmt: skip
def test_a_pattern_takes_what_is_good_and_nothing_else(
    name: str, good: list[str], bad: list[str]
) -> None:
    pattern = re.compile(PARAMETERS[name]["AllowedPattern"])
    assert all(pattern.fullmatch(value) for value in [PARAMETERS[name]["Default"], *good])
    assert not any(pattern.fullmatch(value) for value in bad)
