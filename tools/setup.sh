#!/usr/bin/env bash
# Fill .venv from the lock file and see that the system libraries are there.
#   tools/setup.sh run    what running needs
#   tools/setup.sh dev    that, and what the tests need
# A second run finds its stamp and does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:-run}

libraries="libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon0 libxcb-cursor0 libxcb-icccm4
libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1 libxcb-randr0 libxcb-xinerama0"
lock=requirements.lock
if [ "$kind" = dev ]; then
    libraries="$libraries xvfb xdotool x11vnc dbus gnome-keyring zbar-tools strace iproute2 chromium pcscd vsmartcard-vpcd
    libpython3-dev"
    lock=requirements-dev.lock
fi

# A distribution builds its Python with the optimisations that one built by hand mostly lacks: a quarter faster here.
python=${PYTHON:-/usr/bin/python3}
if [ -z "${PYTHON:-}" ] && ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=python3
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "Python: expected 3.11 or newer, found $("$python" --version 2>&1); set PYTHON to a newer one" >&2; exit 1; }

install_missing() {
    local missing="" package
    command -v dpkg-query >/dev/null || return 0 # not a Debian: hts doctor says what Qt misses
    for package in $libraries; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
    done
    "$python" -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
    [ -n "$missing" ] || return 0
    local apt="apt-get"
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            apt="sudo apt-get"
        else
            echo "System packages are missing; as root: apt-get install$missing" >&2
            exit 1
        fi
    fi
    echo "Installing system packages:$missing"
    $apt update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive $apt install -y -qq --no-install-recommends $missing >/dev/null
}

# What dev installs contains what run needs, so its stamp serves both.
wanted=$(cat ./*.lock pyproject.toml tools/setup.sh | sha256sum)
for stamp in .venv/.stamp-dev ".venv/.stamp-$kind"; do
    if [ -x .venv/bin/hts ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
done
install_missing
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "Installing Python packages of $lock into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
.venv/bin/python -m compileall -q hts widgets themes || true
echo "$wanted" >".venv/.stamp-$kind"
