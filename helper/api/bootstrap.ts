/** How the program comes into a folder that only root can write to, and is run from there: a script for `/bin/sh` as root. */

/**
 * Root must not run what its caller could change meanwhile. So the files are copied first, into a folder of root's; the copies are compared
 * with the list of hashes; and only then a rename gives the folder its name, the hash of the list. A folder that is there already is
 * compared just so. All folders above it are root's and nobody else's.
 *
 * `sh -c BOOTSTRAP pocker NONCE SOURCE LIST BASES [WORD…]`: LIST has a line `SHA-256, two blanks, name` for each file of the folder
 * SOURCE; BASES are candidates for the place, with colons between; the WORDs are the program's, and without any it prints its folder.
 * Failures are told as `NONCE {"error":"CODE"}` in a line of their own, or as a sentence when NONCE is empty.
 * POSIX only: dash, busybox and the like run it, under any umask, and whatever sudo left in the environment.
 */
export const BOOTSTRAP = `
set -fu
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT BASH_ENV ENV CDPATH TMPDIR IFS NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS OPENSSL_CONF
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
umask 077
cd /
nonce=$1 source=$2 list=$3 bases=$4
shift 4
new= damaged=

fail() {
  if [ -n "$nonce" ]; then printf '\\n%s {"error":"%s"}\\n' "$nonce" "$1"; else printf 'pocker: %s\\n' "$2" >&2; fi
  exit 1
}
trap '[ -z "$new" ] || rm -rf -- "$new"' EXIT
trap 'exit 1' HUP INT TERM

# A folder (d) or a file (-) of root's that nobody else can write to. In a folder with the sticky bit others cannot touch what is root's.
safe() {
  set -- "$1" $(ls -ldn -- "$2" 2>/dev/null)
  [ "\${4-}" = 0 ] || return 1
  case $1\${2-} in
    dd????-??-* | dd????????[tT]* | --????-??-*) return 0 ;;
  esac
  return 1
}

trusted() {
  folder=$1
  until [ "$folder" = / ]; do
    safe d "$folder" || return 1
    folder=\${folder%/*}
    folder=\${folder:-/}
  done
  safe d /
}

each() {
  printf '%s\\n' "$list" | while read -r sum name; do "$@" || exit 1; done
}

listed() {
  case $sum in *[!0-9a-f]*) return 1 ;; esac
  case $name in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ \${#sum} = 64 ]
}

# The limit keeps a file that has become a device from filling the disk.
copy() {
  [ -f "$source/$name" ] && (ulimit -f 1048576 && exec cp -- "$source/$name" "$new/$name") 2>/dev/null
}

same() {
  actual=$(sha256sum <"$1/$name") && [ "\${actual%% *}" = "$sum" ]
}

kept() {
  safe - "$target/$name" && same "$target"
}

allow() {
  case $name in pocker | node) chmod 755 "$new/$name" ;; *) chmod 644 "$new/$name" ;; esac
}

runs() {
  env -i "$1/node" --version >/dev/null 2>&1
}

# A fresh folder in $place, on a disk that can be written to and that programs can be run from.
prepare() {
  new=$place/new.$$
  rm -rf -- "$new" && mkdir "$new" && printf '#!/bin/sh\\n' >"$new/try" && chmod 700 "$new/try" && "$new/try" && rm "$new/try" && return
  rm -rf -- "$new"
  new=
  return 1
}

# Where the program is or goes, in the first place that is fit for it: $target. What has to be made is $new.
choose() {
  IFS=:
  for base in $bases; do
    unset IFS
    base=$(cd -P -- "$base" 2>/dev/null && pwd -P) && trusted "$base" || continue
    place=\${base%/}/pocker
    target=$place/$id
    if mkdir "$place" 2>/dev/null; then chmod 755 "$place"; fi
    [ ! -L "$place" ] && safe d "$place" || continue
    if [ -e "$target" ] || [ -L "$target" ]; then
      [ ! -L "$target" ] && safe d "$target" || fail unsafe-program "$target is not root's alone"
      if each kept; then runs "$target" && return || continue; fi
      damaged=yes
    fi
    prepare 2>/dev/null && return
  done
  fail no-place "no folder for the program: none of $bases is root's alone, can be written to, and is not mounted noexec"
}

[ "$(id -u)" = 0 ] || fail not-root 'this takes root'
command -v sha256sum >/dev/null || fail no-sha256 'there is no sha256sum'
each listed || fail bad-list 'the list of files is not one'
id=$(printf '%s\\n' "$list" | sha256sum)
id=\${id%% *}
choose
if [ -n "$new" ]; then
  each copy || fail copy-failed "not all files of $source can be read, or the disk is full"
  each same "$new" || fail payload-changed "the files in $source are not what they should be"
  each allow && chmod 755 "$new" || fail copy-failed 'the files cannot be given their modes'
  runs "$new" || fail program-cannot-run "the program does not run on this system"
  if [ -n "$damaged" ]; then mv -- "$target" "$new.old" && rm -rf -- "$new.old"; fi
  mv -- "$new" "$target" || fail copy-failed "the program cannot be put into $place"
  # Somebody else who did the same was first: then it has gone into their folder.
  rm -rf -- "$target/\${new##*/}"
  new=
fi
if [ $# = 0 ]; then printf '%s\\n' "$target"; exit; fi
exec "$target/pocker" "$@"
`

export interface BootstrapCommand {
  /** Hexadecimal: the answer's line begins with it, so that no greeting of sudo's is taken for one. Empty: failures are told to a person. */
  readonly nonce: string
  /** The folder with the files. */
  readonly source: string
  /** Their hashes, by name. */
  readonly files: Readonly<Record<string, string>>
  /** What the program is to do. */
  readonly words: readonly string[]
  readonly bases?: readonly string[]
}

/** Where it looks for a place, in this order. */
export const PROGRAM_BASES: readonly string[] = ['/usr/local/lib', '/opt', '/var/lib']

/** The command that does it, as arguments: nothing in it is ever read by a shell but the script. */
export function bootstrapCommand({ nonce, source, files, words, bases = PROGRAM_BASES }: BootstrapCommand): [string, ...string[]] {
  return ['/bin/sh', '-c', BOOTSTRAP, 'pocker', nonce, source, payloadList(files), bases.join(':'), ...words]
}

/** The list of files as the script takes it. */
export function payloadList(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, hash]) => `${hash}  ${name}`)
    .join('\n')
}
