# Sourced by bash scripts, after setup.sh: `deno compile`, wherever its runtime comes from.
# shellcheck shell=bash

denort_sha256=2705685d7478610b98dcd43acecd457a19810146323041c8af8a88f7dd0b5e82

# recovered_runtime FILE: cuts the runtime out of a program that Deno 2.4.2 compiled. Such a
# program ends in the numbers 20510 and 679 and the length of what was appended to its runtime.
recovered_runtime() {
  local program=$root/.tools/denort/node_modules/@vltpkg/cli-linux-x64/vlt magic low high
  npm_tool denort || fail "cannot get the program that carries Deno's runtime"
  read -r magic _ low high < <(tail -c16 "$program" | od -An -v --endian=little -tu4 -w16)
  [ "$magic" = 20510 ] || fail "$program is not a program that Deno compiled"
  head -c $(($(stat -c%s "$program") - low - high * 4294967296)) "$program" >"$1.partial"
  echo "$denort_sha256  $1.partial" | sha256sum --check --quiet ||
    fail "the runtime is not the pinned one"
  chmod +x "$1.partial"
  mv "$1.partial" "$1"
  rm -r "$root/.tools/denort/node_modules"
}

# fall_back REASON: from now on Deno 2.4.2 with the runtime of its time, both from npm.
fall_back() {
  echo "Deno cannot get its own runtime here ($1)" >&2
  echo "Falling back to Deno 2.4.2 and the runtime of its time, both from npm" >&2
  npm_deno deno-2.4.2 || fail "cannot get Deno 2.4.2"
  export DENORT_BIN=$root/.tools/denort/denort
  [ -x "$DENORT_BIN" ] || { mkdir -p "$root/.tools/denort" && recovered_runtime "$DENORT_BIN"; }
}

# compile ENTRY OUTPUT ARG...: with Deno's own runtime, or the one that DENORT_BIN names. Being
# quiet is part of the binary as well: else it would name programs that it does not find at start.
compile() {
  local entry=$1 output=$2 log
  shift 2
  local options=(--quiet --no-config --no-code-cache --output "$output" "$@" "$entry")
  if [ -n "${DENORT_BIN:-}" ]; then
    "$DENO" compile "${options[@]}"
    return
  fi
  log=$(mktemp)
  if NO_COLOR=1 RUST_BACKTRACE=0 "$DENO" compile "${options[@]}" 2>"$log"; then
    rm "$log"
    return
  fi
  if ! grep -q 'Setting up base binary' "$log"; then
    cat "$log" >&2
    fail "deno compile failed"
  fi
  fall_back "$(sed -n 's/^ *1: //p' "$log" | head -n1 | cut -c1-160)"
  rm "$log"
  case " $* " in *" --target"*) fail "the runtime for another target cannot be had here" ;; esac
  "$DENO" compile "${options[@]}"
}
