#!/usr/bin/env bash
# Installs what a build, a test run or a benchmark needs and the machine lacks, and says so.
#   scripts/setup.sh [swift] [lz4] [python] [peers] [disks] [python-path]
# python-path prints the interpreter that has the packages of Spec/reader.py.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=".build-python"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    die "need root for: $* (no sudo here)"
  fi
}

apt_is_fresh=no
install_packages() { # install_packages "APT NAMES" "BREW NAMES"
  if command -v apt-get >/dev/null 2>&1; then
    say "installing $1 with apt-get"
    if [ "$apt_is_fresh" = no ]; then
      as_root apt-get update -qq >&2 || say "apt-get update failed, trying with the lists there are"
      apt_is_fresh=yes
    fi
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 >&2
  elif command -v brew >/dev/null 2>&1; then
    say "installing $2 with brew"
    # shellcheck disable=SC2086
    brew install $2 >&2
  else
    die "neither apt-get nor brew here: please install $1"
  fi
}

has_header() {
  printf '#include <%s>\n' "$1" | clang -E -x c - -o /dev/null 2>/dev/null ||
    printf '#include <%s>\n' "$1" | cc -E -x c - -o /dev/null 2>/dev/null
}

has_library() { # has_library PKGCONFIG-NAME HEADER
  (command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$1") || has_header "$2"
}

need_swift() {
  command -v swift >/dev/null 2>&1 || die "no Swift toolchain: see https://www.swift.org/install"
}

need_lz4() {
  has_library liblz4 lz4.h || install_packages "liblz4-dev" "lz4 pkg-config"
}

need_peers() {
  has_library sqlite3 sqlite3.h || install_packages "libsqlite3-dev" "sqlite pkg-config"
  has_library lmdb lmdb.h || install_packages "liblmdb-dev" "lmdb pkg-config"
  has_library rocksdb rocksdb/c.h || install_packages "librocksdb-dev" "rocksdb pkg-config"
}

has_modules() { "$1" -c 'import lz4.block, xxhash' >/dev/null 2>&1; }

python_path() {
  if [ -x "$venv/bin/python3" ] && has_modules "$venv/bin/python3"; then
    printf '%s/%s/bin/python3\n' "$PWD" "$venv"
  else
    printf 'python3\n'
  fi
}

need_python() {
  command -v python3 >/dev/null 2>&1 || install_packages "python3 python3-venv" "python"
  has_modules "$(python_path)" && return 0
  say "installing the Python packages lz4 and xxhash into $venv"
  if ! python3 -m venv "$venv" >/dev/null 2>&1; then
    rm -rf "$venv"
    install_packages "python3-venv" "python"
    python3 -m venv "$venv"
  fi
  if ! "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check lz4 xxhash >&2; then
    rm -rf "$venv"
    command -v apt-get >/dev/null 2>&1 || die "pip could not install lz4 and xxhash"
    install_packages "python3-lz4 python3-xxhash" ""
    has_modules python3 || die "this python3 finds neither lz4 nor xxhash"
  fi
}

need_disks() { # what Tests/Torture/RealDisks needs: ext4, FUSE and its Python binding
  need_python
  command -v mkfs.ext4 >/dev/null 2>&1 || install_packages "e2fsprogs" "e2fsprogs"
  command -v fusermount3 >/dev/null 2>&1 || install_packages "fuse3" ""
  "$(python_path)" -c 'import mfusepy' >/dev/null 2>&1 ||
    "$(python_path)" -m pip install --quiet --disable-pip-version-check mfusepy >&2 ||
    say "pip could not install mfusepy: the power cuts will be skipped"
}

for what in "$@"; do
  case "$what" in
    swift) need_swift ;;
    lz4) need_lz4 ;;
    python) need_python ;;
    peers) need_peers ;;
    disks) need_disks ;;
    python-path) python_path ;;
    *) die "unknown part: $what" ;;
  esac
done
