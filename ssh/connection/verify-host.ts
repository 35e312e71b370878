/** The host's key, before anything of ours goes to the host. */
import type { HostSettings } from '../config/host-settings.ts'
import { addKey } from '../known-hosts/add-key.ts'
import { checkKey, knownKinds } from '../known-hosts/check-key.ts'
import { fingerprint, keyType } from '../known-hosts/fingerprint.ts'
import { knownName, readKnownLines } from '../known-hosts/known-lines.ts'
import type { Questions } from '../questions.ts'
import { sshError, unanswered } from '../ssh-error.ts'

export interface Verifying {
  readonly settings: HostSettings
  readonly questions: Questions | undefined
  readonly isJump: boolean
}

/** The name under which the key of this host is known. */
export function knownAs({ host, port, hostKeyAlias }: HostSettings): string {
  return hostKeyAlias ?? knownName(host, port)
}

/** Which kinds of keys to ask the host for first. Errors: `known-hosts-unreadable`. */
export function kindsOf(settings: HostSettings): readonly string[] {
  return knownKinds(readKnownLines(settings.knownHosts), knownAs(settings))
}

/**
 * Resolves when the key is known, or has been accepted and written down. Errors: `host-key-changed`, `host-key-revoked`,
 * `known-hosts-unreadable`, `known-hosts-not-written`, `host-key-unknown`, `cancelled`, `ssh-needs-answer`.
 */
export async function verifyHost({ settings, questions, isJump }: Verifying, key: Buffer): Promise<void> {
  const name = knownAs(settings)
  const verdict = checkKey(readKnownLines(settings.knownHosts), name, key)
  if (verdict.kind === 'known') return
  if (verdict.kind === 'wrong') throw verdict.error
  if (settings.unknownKeys === 'refuse')
    throw sshError('ssh-forbidden', `connect to ${name}: its key ${fingerprint(key)} is not known, and StrictHostKeyChecking is set`)
  if (settings.unknownKeys === 'ask') {
    const question = { name, fingerprint: fingerprint(key), kind: keyType(key), isJump }
    if ((await questions?.acceptKey(question)) !== true)
      throw unanswered(questions, `connect to ${name}`, 'your word that its key is the right one')
  }
  // Meanwhile another window may have been told that the host has another key.
  const now = checkKey(readKnownLines(settings.knownHosts), name, key)
  if (now.kind === 'wrong') throw now.error
  const [first] = settings.knownHosts
  if (now.kind === 'unknown' && first !== undefined) await addKey(first, name, key)
}
