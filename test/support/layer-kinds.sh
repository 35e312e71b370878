#!/usr/bin/env bash
# layer-kinds.sh lower|upper: fills the present folder with every kind of entry, or with what replaces some of them in the layer above.
# Needs root and setfattr.
set -euo pipefail

long=$(printf 'long%.0s' {1..60})

lower() {
  mkdir -m 755 folder-to-file opaque gone-folder deep deep/er
  echo a >folder-to-file/inside
  echo b >file-to-folder
  echo c >opaque/old
  echo d >gone
  echo e >gone-folder/x
  echo f >deep/er/file
  echo g >kept
  ln kept hard
  ln -s kept soft
  ln -s /absolute/nowhere dangling
  echo h >link-to-file
  ln -s deep folder-link
  echo i >"$long"
  mkdir -p "$long-folder/$long"
  echo j >"$long-folder/$long/$long"
  printf k >"$(printf 'new\nline \303\244 \\back')"
  mkfifo fifo
  mknod null c 1 3
  mknod block b 7 0
  : >empty
  truncate -s 5M all-hole
  truncate -s 32M sparse
  printf end | dd of=sparse bs=1 seek=20000000 conv=notrunc status=none
  echo l >setuid
  chown 10:20 setuid
  chmod 6711 setuid
  mkdir -m 1777 sticky
  mkdir group
  chown 3000000:4000000000 group
  chmod 2750 group
  echo m >capable
  setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 capable
  echo n >noted
  setfattr -n user.note -v 'with space' noted
  touch -d '1969-12-31T12:00:00.25Z' old-time
  touch -d '2040-01-01T00:00:00.123456789Z' new-time
  touch -h -d '2003-01-01T00:00:00Z' soft
  touch -d '2004-01-01T00:00:00Z' deep/er deep opaque .
}

upper() {
  echo a >folder-to-file
  mkdir -m 755 file-to-folder opaque
  echo b >file-to-folder/inside
  : >opaque/.wh..wh..opq
  echo c >opaque/new
  : >.wh.gone
  : >.wh.gone-folder
  ln -s kept link-to-file
  mkdir -m 700 deep
  echo d >deep/added
  chown 7:8 deep
  echo more >hard
  chmod 600 hard
  touch -d '2005-01-01T00:00:00Z' deep opaque .
}

"$1"
