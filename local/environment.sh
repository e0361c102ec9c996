#!/usr/bin/env bash
# Make the virtual environment .venv/NAME from requirements/NAME.txt, unless it is already so.
set -euo pipefail
name=$1 environment=.venv/$1 pins=requirements/$1.txt

install() { # in the background, for a signal to end it too
  "$environment/bin/python" -m pip install -qq --disable-pip-version-check --no-input "$@" &
  wait $!
}
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM HUP

if ! cmp -s "$pins" "$environment/requirements.txt" || ! "$environment/bin/python" -c ''; then
  python=$(bash local/find_python.sh)
  echo "Making the $name environment"
  rm -rf "$environment"
  "$python" -m venv "$environment"
  install --require-hashes --requirement "$pins"
  cp "$pins" "$environment/requirements.txt"
fi
if [ "$name" = dev ] && [ ! "$environment/bin/plantain" -nt client/pyproject.toml ]; then
  install --no-deps --no-build-isolation --editable . --editable ./client
fi
touch "$environment/.ready"
