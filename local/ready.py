"""The contract file that says the local cloud answers, and the words that say so to a person."""

import json
import os
import shlex
from pathlib import Path

from local.config import OWNER, Config


def write(config: Config, key: str, webhook_secret: str) -> None:
    """Write ready.json in one step, readable by its owner only."""
    draft = config.ready_file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    content = {
        "api": config.api_url,
        "key": key,
        "owner": OWNER,
        "webhookSecret": webhook_secret,
        "upstream": config.upstream_url,
        "aws": config.aws_url,
        **config.engines,
    }
    draft.write_text(json.dumps(content, indent=2) + "\n")
    draft.replace(config.ready_file)


def clear(directory: Path) -> None:
    """Say no longer that the local cloud answers."""
    (directory / "ready.json").unlink(missing_ok=True)


def describe(config: Config, key: str) -> str:
    """Say what is up and what to try."""
    task = '{"model": "nano-banana", "input": {"prompt": "a plantain wearing sunglasses"}}'
    authorization = f"-H 'Authorization: Bearer {key}'"
    elsewhere = config.directory != Path(".local").resolve()
    place = f"LOCAL_DIR={shlex.quote(os.path.relpath(config.directory))} " if elsewhere else ""
    simulated = "" if config.given_upstream else " (simulated)"
    return f"""
Plantain is up; Ctrl-C ends it.

  API        {config.api_url}
  Key        {key} (owner {OWNER})
  Console    {config.api_url}/ (in a browser, with that key)
  Providers  {config.upstream_url}{simulated}
  AWS        {config.aws_url} (region us-east-1, key and secret: local)
  Logs       {os.path.relpath(config.logs)}

Order a picture, from this folder:

  {place}.venv/dev/bin/plantain generate "a plantain wearing sunglasses" -o plantain.png

Or, as any client does, order it and see it a few seconds later:

  curl -sS {config.api_url}/v1/tasks {authorization} -H 'Content-Type: application/json' \\
    -d '{task}'
  curl -sS '{config.api_url}/v1/tasks?limit=1' {authorization}
"""
