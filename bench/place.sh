# Sourced by bench/run and bench/fleet: a place to measure in, with namespaces of its own, so that
# nothing else is on the wire, and nothing outlives the measurement.
# shellcheck shell=bash
# shellcheck disable=SC2154 # root and DENO are set in scripts/setup.sh

faketime() {
  for library in /usr/lib/*/faketime/libfaketime.so.1 /usr/lib*/faketime/libfaketime.so.1; do
    [ ! -e "$library" ] || return 0
  done
  return 1
}

# remove DIRECTORY: of a run that has ended, with its control group.
remove() {
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount sh -c 'mount -t cgroup2 none "$1/cgroup" && for _ in 1 2 3 4 5; do
    [ -d "$1/cgroup/$2" ] && ! rmdir "$1/cgroup/$2" 2>/dev/null || break; sleep 1; done' \
    sh "$1" "$(basename "$1")" || true
  rm -rf "$1"
}

clean() {
  [ -z "$namespaces" ] || kill -KILL "$namespaces" 2>/dev/null || true
  wait || true
  remove "$work"
}

# measure SCRIPT ARGUMENT...: runs bench/SCRIPT in the place.
measure() {
  script=$root/bench/$1
  shift
  [ "$(id -u)" = 0 ] || fail "run it as root: it makes a network and a control group of its own"
  need sshd openssh-server ip iproute2 unshare util-linux setpriv util-linux
  faketime || install libfaketime
  faketime || fail "there is no libfaketime"
  find_deno
  if [ -z "${RRB_PROGRAM:-}" ]; then
    "$root/scripts/build" >&2
    RRB_PROGRAM=$root/dist/roundrobinbackup
  fi
  # There is no way to a registry from within.
  "$DENO" cache --quiet --config "$root/deno.json" "$script"

  # The lock on its directory is held as long as a run lives: what it left when killed can go.
  for old in /var/tmp/rrb-bench-*; do
    if [ -d "$old/cgroup" ] && flock -n "$old" true; then remove "$old"; fi
  done
  work=$(mktemp -d /var/tmp/rrb-bench-XXXXXX)
  exec 9<"$work"
  flock 9
  namespaces=
  trap clean EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM

  mkdir "$work/cgroup" "$work/tmp"
  chmod 1777 "$work/tmp"
  mkdir -p /run/sshd
  # A build at the same time may replace it.
  cp "$RRB_PROGRAM" "$work/roundrobinbackup"
  # All that is measured has a /tmp of its own as well, unless we need the real one.
  case $root:$DENO:${DENO_DIR:-} in /tmp/* | *:/tmp/*) tmp=/nowhere ;; *) tmp=/tmp ;; esac
  # shellcheck disable=SC2016 # for the inner shell
  setpriv --pdeathsig KILL unshare --net --pid --mount --fork --kill-child --mount-proc sh -c '
    work=$1 group=$1/cgroup/$2 tmp=$3
    ip link set lo up && mount -t cgroup2 none "$work/cgroup" && mkdir "$group" || exit 1
    [ ! -d "$tmp" ] || mount --bind "$work/tmp" "$tmp" || exit 1
    shift 3
    "$@"
    exit $?' sh "$work" "$(basename "$work")" "$tmp" \
    "$DENO" run --quiet --cached-only --config "$root/deno.json" -A "$script" \
    --work "$work" --group "$work/cgroup/$(basename "$work")" --faketime "$library" \
    --program "$work/roundrobinbackup" "$@" &
  namespaces=$!
  wait "$namespaces"
}
