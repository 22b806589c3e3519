#!/usr/bin/env bash
# All tests, in two processes. Up to five that fail beside the others, which start real programs and windows on a machine
# that may be busy, are named and run once more, alone: what fails again fails. More than five are no accident.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

.venv/bin/python -m pytest -q -n 2 --dist loadfile --max-worker-restart 0 "$@" | tee "$log"
status=${PIPESTATUS[0]}
[ "$status" = 1 ] || exit "$status"
# A process that died leaves tests unrun, and those that it would be given again are sometimes waited for without end.
if grep -q 'node down' "$log"; then exit 1; fi

mapfile -t failed < <(sed -nE 's/^FAILED (tests[^ ]*\.py::[A-Za-z0-9_]+).*/\1/p' "$log" | sort -u)
if grep -q '^ERROR ' "$log" || [ "${#failed[@]}" = 0 ] || [ "${#failed[@]}" -gt 5 ]; then exit 1; fi
echo "Failed beside the others, run once more alone: ${failed[*]}"
exec .venv/bin/python -m pytest -q "${failed[@]}"
