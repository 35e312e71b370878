import { invalid } from './invalid.ts'
import { parseInteger } from './number.ts'

/** A user by number, or by its name on this machine; a number is always a number. Errors: `invalid-user`. */
export async function readUid(text: string): Promise<number> {
  const uid = /^\d+$/.test(text) ? parseInteger(text) : await uidOf(text)
  if (uid === 0) throw invalid('invalid-user', 'root needs no socket of its own: the helper listens for it already')
  // -1 is no user, and 65534 stands for all whom the kernel has no number for.
  if (uid > 0xffff_fffe || uid === 65534) throw invalid('invalid-user', `"${text}" is not the number of a user`)
  return uid
}

async function uidOf(name: string): Promise<number> {
  const { uidOfName } = await import('../../access/accounts.ts')
  const uid = uidOfName(name)
  if (uid === undefined) {
    throw invalid('invalid-user', `there is no user "${name}" in /etc/passwd; one of a directory service is named by its number`)
  }
  return uid
}
