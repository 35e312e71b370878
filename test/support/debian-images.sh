#!/usr/bin/env bash
# debian-images.sh LAYOUT: makes the OCI layout LAYOUT of real Debian images, by Debian's own tools:
#   app       base, curl, python3, git with perl, and a last layer that removes, replaces and adds: about 250 MB in five layers
#   nginx, redis, postgres   the services, each on the same base; PORT is where they listen on the loopback device
# Takes about a minute; the caller keeps the result. Needs root, mmdebstrap and umoci.
set -euo pipefail

layout=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/pocker-debian.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT

begin=$SECONDS
say() { echo "  $((SECONDS - begin)) s: $*"; }

# A command's output is only of interest when it fails.
quietly() { "$@" >"$work/log" 2>&1 || { echo "debian-images.sh: $* failed: $(tail -8 "$work/log")" >&2; exit 1; }; }

make_base() {
  quietly umoci init --layout "$work/images"
  quietly umoci new --image "$work/images:base"
  quietly umoci unpack --image "$work/images:base" "$work/base"
  rmdir "$work/base/rootfs"
  quietly mmdebstrap --variant=minbase --skip=cleanup/apt/lists --aptopt='APT::Sandbox::User "root"' \
    --dpkgopt=force-unsafe-io bookworm "$work/base/rootfs"
  # The package lists are bound into the later builds and are in no layer.
  mv "$work/base/rootfs/var/lib/apt/lists" "$work/lists"
  mkdir -p "$work/base/rootfs/var/lib/apt/lists" "$work/cache"
  rm -f "$work/base/rootfs/etc/resolv.conf" "$work/base/rootfs/etc/hostname"
  quietly umoci repack --refresh-bundle --image "$work/images:base" "$work/base"
}

# Installs packages in a bundle's root, in a mount namespace of its own; no service is started.
add_packages() { # BUNDLE PACKAGE...
  local root=$work/$1/rootfs
  shift
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  quietly env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} \
    unshare --mount sh -ec 'root=$1; lists=$2; cache=$3; shift 3
      mount -t proc proc "$root/proc"
      mount --bind "$lists" "$root/var/lib/apt/lists"
      mount --bind "$cache" "$root/var/cache/apt"
      mkdir -p "$cache/archives/partial"
      exec chroot "$root" apt-get install -y -qq --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Options::=--force-unsafe-io "$@"' \
    sh "$root" "$work/lists" "$work/cache" "$@"
  rm "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf"
}

copy_base() { cp -a "$work/base" "$work/$1"; }

finish() { # NAME [UMOCI CONFIG WORD...]
  local name=$1
  shift
  quietly umoci repack --refresh-bundle --image "$work/images:$name" "$work/$name"
  [ $# -eq 0 ] || quietly umoci config --image "$work/images:$name" "$@"
  rm -rf --one-file-system "${work:?}/$name"
  say "$name"
}

entrypoint() { # BUNDLE, the script on stdin
  cat >"$work/$1/rootfs/usr/local/bin/entrypoint"
  chmod 755 "$work/$1/rootfs/usr/local/bin/entrypoint"
}

make_nginx() {
  copy_base nginx
  add_packages nginx nginx-light curl
  cat >"$work/nginx/rootfs/etc/nginx/nginx.conf.in" <<'END'
user www-data;
worker_processes 1;
pid /run/nginx.pid;
error_log stderr;
events { worker_connections 64; }
http { access_log /dev/stdout; server { listen 127.0.0.1:@PORT@; root /usr/share/nginx/html; } }
END
  entrypoint nginx <<'END'
#!/bin/sh
set -e
sed "s/@PORT@/${PORT:-80}/" /etc/nginx/nginx.conf.in >/etc/nginx/nginx.conf
exec "$@"
END
  finish nginx --config.entrypoint=/usr/local/bin/entrypoint --config.cmd=nginx --config.cmd=-g --config.cmd='daemon off;' \
    --config.exposedports=80/tcp --config.volume=/usr/share/nginx/html --config.stopsignal=SIGQUIT --config.label=tier=web
}

make_redis() {
  copy_base redis
  add_packages redis redis-server
  entrypoint redis <<'END'
#!/bin/sh
set -e
chown -R redis:redis /data
exec setpriv --reuid=redis --regid=redis --init-groups "$@" --port "${PORT:-6379}"
END
  finish redis --config.entrypoint=/usr/local/bin/entrypoint --config.workingdir=/data --config.volume=/data \
    --config.cmd=redis-server --config.cmd=--bind --config.cmd=127.0.0.1 --config.cmd=--appendonly --config.cmd=yes --config.cmd=--dir --config.cmd=/data
}

make_postgres() {
  copy_base postgres
  mkdir -p "$work/postgres/rootfs/etc/postgresql-common"
  echo 'create_main_cluster = false' >"$work/postgres/rootfs/etc/postgresql-common/createcluster.conf"
  add_packages postgres postgresql-15
  entrypoint postgres <<'END'
#!/bin/sh
set -e
as() { exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
mkdir -p "$PGDATA"
chown postgres:postgres "$PGDATA"
chmod 700 "$PGDATA"
[ -e "$PGDATA/PG_VERSION" ] || (as initdb --auth=trust --no-sync --locale=C.UTF-8 --username=postgres)
as "$@" -p "${PORT:-5432}"
END
  finish postgres --config.entrypoint=/usr/local/bin/entrypoint --config.volume=/var/lib/postgresql/data --config.stopsignal=SIGINT \
    --config.env=PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    --config.env=PGDATA=/var/lib/postgresql/data --config.cmd=postgres --config.cmd=-h --config.cmd=127.0.0.1 --config.cmd=-k --config.cmd=/tmp
}

# The base's own bundle, so this comes last.
make_app() {
  local root=$work/app/rootfs
  mv "$work/base" "$work/app"
  add_packages app curl ca-certificates libcap2-bin
  quietly umoci repack --refresh-bundle --image "$work/images:app" "$work/app"
  add_packages app python3
  quietly umoci repack --refresh-bundle --image "$work/images:app" "$work/app"
  add_packages app git
  quietly umoci repack --refresh-bundle --image "$work/images:app" "$work/app"
  mkdir -p "$root/srv/app"
  echo 'print("hello from python")' >"$root/srv/app/main.py"
  ln "$root/srv/app/main.py" "$root/srv/app/same.py"
  ln -s main.py "$root/srv/app/link.py"
  mkfifo "$root/srv/app/pipe"
  truncate -s 16M "$root/srv/app/sparse"
  printf end | dd of="$root/srv/app/sparse" bs=1 seek=9000000 conv=notrunc status=none
  # A file and a folder that are gone, a mode and an owner that change. No file in a folder's place: umoci writes whiteouts below it then,
  # which dockerd does not take.
  rm -r "$root/usr/share/doc/git" "$root/etc/debian_version"
  chmod 4711 "$root/usr/bin/python3.11"
  chroot "$root" setcap cap_net_bind_service+ep /usr/bin/curl
  chroot "$root" python3 -c 'import os; os.setxattr("/srv/app/main.py", "user.note", b"kept")'
  chown 1234:4321 "$root/usr/bin/git"
  finish app --config.cmd=python3 --config.cmd=/srv/app/main.py --config.workingdir=/srv/app --config.env=APP=1 \
    --config.env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --config.label=tier=app --author='Pocker tests'
}

make_base
say base
make_nginx
make_redis
make_postgres
make_app
quietly umoci gc --layout "$work/images"
mkdir -p "$(dirname "$layout")"
rm -rf --one-file-system "$layout.new"
cp -a "$work/images" "$layout.new"
mv "$layout.new" "$layout"
