#!/usr/bin/env bash
# Install HTS from this folder, without any network:   ./install.sh [DIRECTORY]
# The program lands in DIRECTORY (default ~/.local/share/hts-terminal) and starts as DIRECTORY/bin/hts.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-${XDG_DATA_HOME:-$HOME/.local/share}/hts-terminal}
cd "$here"

sha256sum --quiet --strict -c SHA256SUMS ||
    { echo "This folder is not as it was made: expected every file to match SHA256SUMS; copy it again" >&2; exit 1; }
unlisted=$(find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | comm -23 - <(cut -c67- SHA256SUMS | sort))
[ -z "$unlisted" ] || { echo "Files that SHA256SUMS does not name: $unlisted; remove them or copy the folder again" >&2; exit 1; }
echo "Checked: $(wc -l <SHA256SUMS) files; the sum of SHA256SUMS is $(sha256sum <SHA256SUMS | cut -c1-64)"

python=${PYTHON:-python3}
made_for=$(cat python-version.txt)
have=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$have" = "$made_for" ] ||
    { echo "Python: expected $made_for, which the wheels are made for, found $have; set PYTHON" >&2; exit 1; }

if command -v dpkg-query >/dev/null; then
    missing=""
    while read -r package; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done <system-packages.txt
    [ -z "$missing" ] || echo "System packages that the window needs are missing:$missing" >&2
fi

"$python" -m venv "$target"
install=("$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --no-cache-dir)
"${install[@]}" --find-links wheels --require-hashes -r requirements.lock
"${install[@]}" --no-deps wheels/hts_terminal-*.whl
echo "Installed: $target/bin/hts"
