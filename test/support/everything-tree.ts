/** A tree with one of everything that archives can hold. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** Makes it in an empty folder, as root. */
export function makeEverything(folder: string): void {
  const at = (name: string) => join(folder, name)
  for (const name of ['usr/bin', 'empty', 'deep/'.repeat(60), 'ünï', 'sticky', 'acl']) mkdirSync(at(name), { recursive: true })
  writeFileSync(at('usr/bin/tool'), 'tool', { mode: 0o755 })
  chownSync(at('usr/bin/tool'), 1000, 2000)
  chmodSync(at('usr/bin/tool'), 0o6755)
  writeFileSync(at('usr/capable'), 'x')
  execFileSync('setcap', ['cap_net_raw+ep', at('usr/capable')])
  writeFileSync(at('usr/attributes'), 'x')
  execFileSync('setfattr', ['-n', 'user.note', '-v', 'kept', at('usr/attributes')])
  execFileSync('setfattr', ['-n', 'user.folder', '-v', 'kept', at('usr')])
  // Version 2; user::rwx, user:1000:r-x, group::r-x, mask::rwx, other::---
  const list = '0x0200000001000700ffffffff02000500e803000004000500ffffffff10000700ffffffff20000000ffffffff'
  execFileSync('setfattr', ['-n', 'system.posix_acl_access', '-v', list, at('usr/attributes')])
  execFileSync('setfattr', ['-n', 'system.posix_acl_default', '-v', list, at('acl')])
  // Made before it inherits anything.
  writeFileSync(at('empty/0'), '')
  for (const size of [1, 511, 512, 513, 262_144, 262_145, 3_000_000]) writeFileSync(at(`usr/size-${size}`), Buffer.alloc(size, `${size}`))
  writeFileSync(at(`usr/${'n'.repeat(255)}`), 'long')
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/raw-`), Buffer.from([0xff, 0xfe])]), 'not UTF-8')
  for (const name of ['straße', 'strasse', 'ünï/nfc-\u00e9', 'ünï/nfd-e\u0301', 'CASE', 'case']) writeFileSync(at(name), name)
  linkSync(at('usr/bin/tool'), at('hard'))
  linkSync(at('usr/size-3000000'), at('ünï/hard-big'))
  symlinkSync('usr/bin/tool', at('link'))
  symlinkSync('/absolute/nowhere', at('dangling'))
  symlinkSync('../'.repeat(50), at('up'))
  symlinkSync('t'.repeat(300), at('far'))
  linkSync(at('link'), at('link-to-link'))
  for (const [name, ...words] of [
    ['char', 'c', '1', '3'],
    ['block', 'b', '259', '300'],
    ['pipe', 'p'],
  ])
    execFileSync('mknod', [at(name ?? ''), ...words])
  const sparse = openSync(at('sparse'), 'w')
  writeSync(sparse, 'middle', 5_000_000)
  ftruncateSync(sparse, 20_000_000)
  closeSync(sparse)
  chmodSync(at('sticky'), 0o3777)
  chownSync(at('sticky'), 5, 70_000)
  chmodSync(at('empty'), 0)
  lutimesSync(at('link'), 1_000_000_000.5, 1_000_000_000.25)
  utimesSync(at('usr/bin/tool'), 1, 1)
  utimesSync(at('usr'), -86_400, -86_400)
  utimesSync(at('ünï'), 2_000_000_000.125, 2_000_000_000.125)
}
