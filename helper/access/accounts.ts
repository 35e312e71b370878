/** The accounts in this machine's own /etc/passwd. Users of a directory service are not in it, and are known by number only. */
import { readFileSync } from 'node:fs'

/** The user's name; undefined when the file has none. Errors: those of reading it, but for its absence. */
export function nameOfUid(uid: number, path = '/etc/passwd'): string | undefined {
  return readAccounts(path).find((account) => account.uid === uid)?.name
}

/** The user's number; undefined when the file has no such name. Errors: those of reading it, but for its absence. */
export function uidOfName(name: string, path = '/etc/passwd'): number | undefined {
  return readAccounts(path).find((account) => account.name === name)?.uid
}

function readAccounts(path: string): { name: string; uid: number }[] {
  return readIfThere(path)
    .split('\n')
    .flatMap((line) => {
      const [name = '', , uid = ''] = line.split(':')
      return name !== '' && /^\d{1,10}$/.test(uid) ? [{ name, uid: Number(uid) }] : []
    })
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
