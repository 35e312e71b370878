/** Hosts over SSH, near and 50 ms away, beside Docker's way to one. */
import { whyNoSshMachine } from '../../test/support/ssh-machine.ts'
import { measureHost } from './ssh-host.ts'

export interface SshVerdict {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly atLeast?: boolean
}

/** Measures and prints. Nothing where there is no sshd. */
export async function measureSsh(rootfs: string): Promise<readonly SshVerdict[]> {
  const missing = whyNoSshMachine()
  if (missing !== undefined) console.log(`\nssh: ${missing}`)
  const verdicts: SshVerdict[] = []
  if (missing === undefined) for (const delay of [0, 50]) verdicts.push(...(await measureHost({ delay, rootfs })))
  return verdicts
}
