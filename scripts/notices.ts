import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './place-file.ts'

const modules = join(import.meta.dirname, '../node_modules')

/** What the packages hold of others, with the files of their licences: all of them ask to be passed on with it. */
const parts: readonly (readonly [name: string, licence: string])[] = [
  ['Node.js', `node-linux-${process.arch}/LICENSE`],
  ['koffi', 'koffi/LICENSE.txt'],
  ['zod', 'zod/LICENSE'],
  ['ssh2', 'ssh2/LICENSE'],
  ['ssh-config', 'ssh-config/LICENSE'],
  ['asn1', 'asn1/LICENSE'],
  ['bcrypt-pbkdf', 'bcrypt-pbkdf/LICENSE'],
  ['safer-buffer', 'safer-buffer/LICENSE'],
  ['tweetnacl', 'tweetnacl/LICENSE'],
]

/** Writes the licences of what is in the packages to `path`. */
export function writeNotices(path: string): void {
  const texts = parts.map(
    ([name, licence]) => `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(modules, licence), 'utf8').trim()}\n`,
  )
  replaceFile(path, `Pocker contains these programs and libraries of others.\n\n${texts.join('\n\n')}`)
}
