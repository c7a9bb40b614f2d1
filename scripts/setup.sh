# Sourced by the other scripts: finds, or installs, what they need. Prints only
# when it installs something. Sets DENO to a Deno that is new enough.
# shellcheck shell=sh

root=${root:-$(cd "$(dirname "$0")/.." && pwd)}
# Behind a TLS proxy the machine's own certificates count as well.
export DENO_TLS_CA_STORE="${DENO_TLS_CA_STORE:-system,mozilla}" DENO_NO_UPDATE_CHECK=1

# What the program may do; the compiled binary is given the same.
# shellcheck disable=SC2034 # used by the scripts that source this one
permissions="--no-prompt
--deny-net
--deny-ffi
--deny-sys
--deny-import
--allow-read
--allow-write=/tmp
--allow-run=rsync,ssh,sh,rm,uname,mountpoint
--allow-env=HOME,KRB5CCNAME,LOGNAME,PATH,SHELL,SSH_AUTH_SOCK,TMPDIR,TZ,USER"

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install PACKAGE...: from the distribution; services of new packages stay off.
install() (
  echo "Installing $*" >&2
  if command -v apt-get >/dev/null; then
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
      as_root chmod 755 $policy
      trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    as_root apt-get -qq update >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
      install "$@" >/dev/null || fail "apt-get cannot install $*"
  elif command -v dnf >/dev/null; then
    as_root dnf -q -y install "$@" || fail "dnf cannot install $*"
  else
    fail "install these yourself, there is neither apt-get nor dnf: $*"
  fi
)

# need PROGRAM PACKAGE [PROGRAM PACKAGE]...: installs the packages of the missing ones.
need() {
  missing=
  while [ $# -gt 0 ]; do
    [ -x "/usr/sbin/$1" ] || command -v "$1" >/dev/null || missing="$missing $2"
    shift 2
  done
  # shellcheck disable=SC2086 # a list of package names
  [ -z "$missing" ] || install $missing || exit 1
}

# new_enough DENO: whether it is Deno 2.4.2 or newer.
new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#deno }
  version=${version%% *}
  major=${version%%.*}
  minor=${version#*.}
  patch=${minor#*.}
  minor=${minor%%.*}
  patch=${patch%%[!0-9]*}
  [ "$major" -gt 2 ] || { [ "$major" -eq 2 ] &&
    { [ "$minor" -gt 4 ] || { [ "$minor" -eq 4 ] && [ "$patch" -ge 2 ]; }; }; }
}

# npm_tool NAME: the packages of scripts/toolchain/NAME, as its lock file pins them.
npm_tool() {
  mkdir -p "$root/.tools/$1"
  cp "$root/scripts/toolchain/$1/"package*.json "$root/.tools/$1/"
  npm_output=$(cd "$root/.tools/$1" && npm ci --ignore-scripts --no-audit --no-fund 2>&1) &&
    return
  echo "$npm_output" | head -n 5 >&2
  return 1
}

# npm_deno NAME: sets DENO to the Deno of scripts/toolchain/NAME, installed if need be.
npm_deno() {
  for DENO in "$root/.tools/$1"/node_modules/@deno/*/deno; do
    [ -x "$DENO" ] && return
  done
  echo "Installing Deno from npm into .tools/$1" >&2
  npm_tool "$1" || return 1
  for DENO in "$root/.tools/$1"/node_modules/@deno/*/deno; do
    [ -f "$DENO" ] && chmod +x "$DENO" && return
  done
  return 1
}

# find_deno: sets DENO to one on PATH, else from npm, else from Deno's own installer.
find_deno() {
  DENO=$(command -v deno) && new_enough "$DENO" && return
  DENO=$root/.tools/installed/bin/deno
  [ -x "$DENO" ] && return
  if command -v npm >/dev/null && npm_deno deno; then return; fi
  need curl curl unzip unzip
  echo "Installing Deno into .tools/installed" >&2
  DENO=$root/.tools/installed/bin/deno
  curl -fsSL https://deno.land/install.sh |
    DENO_INSTALL="$root/.tools/installed" sh -s -- --yes --no-modify-path >&2 || true
  [ -x "$DENO" ] || fail "cannot install Deno: neither npm nor its own installer works here"
}

need rsync rsync ssh openssh-client tar tar bzip2 bzip2 flock util-linux
