"""One logger and one set of metrics for all functions."""

import logging

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Plantain"
# What these tell in detail is what they send: keys, tokens, prompts, signed addresses.
TALKATIVE = ("botocore", "httpcore", "httpx", "urllib3")

log = Logger()
metrics = Metrics(namespace=NAMESPACE)

for _name in TALKATIVE:
    logging.getLogger(_name).setLevel(logging.WARNING)


def count(name: str, value: float = 1, unit: MetricUnit = MetricUnit.Count) -> None:
    """Write one metric to the log, where CloudWatch finds it without a call."""
    with single_metric(name=name, unit=unit, value=value, namespace=NAMESPACE) as metric:
        metric.add_dimension(name="service", value=metrics.service or "plantain")
