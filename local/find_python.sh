#!/usr/bin/env bash
# Print the path of a Python 3.13 that runs and can make virtual environments. A pyenv shim may be
# on PATH and not run, so each candidate is tried, then pyenv's own versions.
set -uo pipefail

candidates() {
  [ -n "${PYTHON:-}" ] && type -aP "$PYTHON"
  type -aP python3.13 python3 python
  local shims roots=("${PYENV_ROOT:-}" "${HOME:-}/.pyenv")
  while IFS= read -r shims; do
    case "$shims" in */.pyenv/shims) roots+=("${shims%/shims}") ;; esac
  done < <(tr ':' '\n' <<<"$PATH")
  for root in "${roots[@]}" /root/.pyenv /opt/pyenv; do
    [ -n "$root" ] && ls -d "$root"/versions/3.13*/bin/python3.13 2>/dev/null | sort -rV
  done
  ls -d {/usr/local,/usr,/opt/homebrew,/opt/python*}/bin/python3.13 2>/dev/null
}

is_3_13='import sys, sysconfig
sys.exit(sys.version_info[:2] != (3, 13) or bool(sysconfig.get_config_var("Py_GIL_DISABLED")))'

without_venv=
while IFS= read -r python; do
  "$python" -I -c "$is_3_13" 2>/dev/null || continue
  if "$python" -I -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$python"
    exit 0
  fi
  without_venv="$python"
done < <(candidates 2>/dev/null)

if [ -n "$without_venv" ]; then
  echo "$without_venv cannot make virtual environments: install its venv package (apt install python3.13-venv)" >&2
else
  echo "No Python 3.13 found: install one (pyenv install 3.13), or name it with PYTHON=/path/to/python3.13" >&2
fi
exit 1
