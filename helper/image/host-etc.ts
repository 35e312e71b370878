/** The small /etc of the image `host`: what programs under /usr look for, and nothing that is this machine's secret. */

/** From the host's /etc, as far as everybody may read it; each line says what breaks without it. */
export const copiedFromEtc: readonly string[] = [
  'alternatives', // links in /usr/bin that lead through it: vi, awk, java
  'ld.so.cache', // libraries outside the default folders
  'ld.so.conf', // the same, when ldconfig runs
  'ld.so.conf.d', // included by it
  'ld-musl-x86_64.path', // the same on Alpine
  'ld-musl-aarch64.path', // the same on Alpine
  'ssl/certs', // whom TLS trusts
  'ssl/cert.pem', // the same on Alpine and Fedora
  'pki/tls/certs', // where Fedora's ssl/certs leads
  'pki/ca-trust/extracted', // where those lead
  'ca-certificates/extracted', // where Arch's lead
  'localtime', // the time zone
  'os-release', // which distribution /usr is
]

export interface WrittenFile {
  readonly path: string
  readonly content: string
}

/** What is written anew; account entries are Debian's fixed ones, no account of this machine's. */
export function writtenFiles(shell: string): WrittenFile[] {
  const prompt = "PS1='\\u@\\h:\\w\\$ '\n"
  return [
    { path: 'etc/passwd', content: passwd(shell) },
    { path: 'etc/group', content: group },
    { path: 'etc/shells', content: [...new Set(['/bin/sh', shell])].map((line) => `${line}\n`).join('') },
    {
      path: 'etc/nsswitch.conf',
      content: 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n',
    },
    { path: 'etc/profile', content: `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n${prompt}` },
    { path: 'root/.bashrc', content: prompt },
    // Targets of the mounts that every container gets.
    { path: 'etc/hosts', content: '' },
    { path: 'etc/hostname', content: '' },
    { path: 'etc/resolv.conf', content: '' },
  ]
}

// name, uid, gid, home: Debian's base-passwd.
const accounts = [
  ['daemon', 1, 1, '/usr/sbin'],
  ['bin', 2, 2, '/bin'],
  ['sys', 3, 3, '/dev'],
  ['sync', 4, 65534, '/bin'],
  ['games', 5, 60, '/usr/games'],
  ['man', 6, 12, '/var/cache/man'],
  ['lp', 7, 7, '/var/spool/lpd'],
  ['mail', 8, 8, '/var/mail'],
  ['news', 9, 9, '/var/spool/news'],
  ['uucp', 10, 10, '/var/spool/uucp'],
  ['proxy', 13, 13, '/bin'],
  ['www-data', 33, 33, '/var/www'],
  ['backup', 34, 34, '/var/backups'],
  ['list', 38, 38, '/var/list'],
  ['irc', 39, 39, '/run/ircd'],
  ['_apt', 42, 65534, '/nonexistent'],
  ['nobody', 65534, 65534, '/nonexistent'],
] as const

function passwd(shell: string): string {
  const system = accounts.map(([name, uid, gid, home]) => `${name}:x:${uid}:${gid}:${name}:${home}:/usr/sbin/nologin\n`)
  return [`root:x:0:0:root:/root:${shell}\n`, ...system].join('')
}

const groups =
  'root:0 daemon:1 bin:2 sys:3 adm:4 tty:5 disk:6 lp:7 mail:8 news:9 uucp:10 man:12 proxy:13 kmem:15 dialout:20 fax:21 voice:22 cdrom:24 floppy:25 tape:26 sudo:27 audio:29 dip:30 www-data:33 backup:34 operator:37 list:38 irc:39 src:40 shadow:42 utmp:43 video:44 sasl:45 plugdev:46 staff:50 games:60 users:100 nogroup:65534'

const group = groups
  .split(' ')
  .map((entry) => `${entry.replace(':', ':x:')}:\n`)
  .join('')
