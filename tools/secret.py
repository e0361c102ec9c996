"""Changes what the secret holds: the callback key, and the keys of the providers.

python -m tools.secret [--stack plantain-prod] rotate [--leaked]
python -m tools.secret [--stack …] provider maxapi [--url https://…]    asks for the key
"""

import argparse
import getpass
import json
import secrets
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from plantain.providers import all_providers
from tools.stack import Refused, client, outputs

KEY_BYTES = 32

Held = dict[str, Any]


class Secret:
    """The one secret of a stack in AWS, or of the local cloud that is running."""

    def __init__(self, stack: str | None) -> None:
        self._id = outputs(stack)["UpstreamSecretArn"]
        self._client = client("secretsmanager", stack)

    def read(self) -> Held:
        answer = self._client.get_secret_value(SecretId=self._id)
        held: Held = json.loads(answer["SecretString"])
        return held

    def write(self, held: Held) -> None:
        self._client.put_secret_value(SecretId=self._id, SecretString=json.dumps(held))


def rotated(held: Held, *, leaked: bool) -> Held:
    """A new callback key; the old one still counts for what was bought with it, unless others
    know it."""
    previous = "" if leaked else held["callbackKey"]
    new = secrets.token_hex(KEY_BYTES)
    return {**held, "callbackKey": new, "callbackKeyPrevious": previous}


def with_provider(held: Held, name: str, key: str, url: str | None) -> Held:
    """Another key of a provider; none takes it out of use."""
    if name not in all_providers():
        raise Refused(f"{name} is no provider; there are {', '.join(all_providers())}")
    if key != key.strip() or not key.isprintable() or not key.isascii():
        raise Refused("a key is printable ASCII, without spaces around it")
    account = dict(held.get(name) or {})
    return {**held, name: account | {"key": key} | ({} if url is None else {"url": url})}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="secret", description="The secret of a Plantain")
    parser.add_argument("--stack", help="a stack in AWS; without it, the running local cloud")
    commands = parser.add_subparsers(dest="command", required=True)
    rotate = commands.add_parser("rotate", help="make a new callback key")
    rotate.add_argument("--leaked", action="store_true", help="the old one does not count any more")
    provider = commands.add_parser("provider", help="set a provider's key, which is asked for")
    provider.add_argument("name")
    provider.add_argument("--url", help="where that provider is, if not at its usual address")
    return parser.parse_args()


def _key(name: str) -> str:
    """Typed unseen, or from a pipe: never in the command, which others can see."""
    return (
        getpass.getpass(f"Key of {name}: ")
        if sys.stdin.isatty()
        else sys.stdin.readline().rstrip("\n")
    )


def main() -> None:
    arguments = _arguments()
    try:
        secret = Secret(arguments.stack)
        if arguments.command == "rotate":
            secret.write(rotated(secret.read(), leaked=arguments.leaked))
        else:
            key = _key(arguments.name)
            secret.write(with_provider(secret.read(), arguments.name, key, arguments.url))
        print("Written; within five minutes every function knows it.")
    except (Refused, BotoCoreError, ClientError) as error:
        sys.exit(f"secret: {error}")


if __name__ == "__main__":
    main()
