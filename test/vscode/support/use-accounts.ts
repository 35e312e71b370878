import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Account, type AccountsMachine, makeAccountsMachine } from '../../support/accounts.ts'
import { endBackground } from '../../support/background.ts'
import { whyNoHelper } from '../../support/helper.ts'
import { type Client, makeClient } from '../../support/request.ts'
import { runChecked } from '../../support/run.ts'
import type { EditorOptions } from './editor.ts'
import { type UsedEditor, useEditor } from './use-editor.ts'

/** Whose password is a word that is nowhere else. */
export const PASSWORD = `canary-${createHash('sha256')
  .update(import.meta.filename)
  .digest('hex')
  .slice(0, 12)}`

export interface UseAccountsOptions extends EditorOptions {
  /** Called before the editor starts. */
  readonly prepare?: (machine: AccountsMachine) => Promise<void>
}

export interface UsedAccounts extends UsedEditor {
  readonly machine: () => AccountsMachine
  /** Of the helper that the extension has started: root's own. */
  client(): Client
}

/**
 * An editor on a machine with an account of the test's own and a real sudo, where nobody has ever started Pocker and nothing of it is seen
 * outside. The account `root` is root's.
 */
export function useAccounts(account: Account, options: UseAccountsOptions = {}): UsedAccounts {
  let made: AccountsMachine | undefined
  const used = useEditor(async () => {
    made = await makeAccountsMachine(account.uid === 0 ? [] : [account], PASSWORD, ['/var/lib', '/usr/local/lib', '/opt'])
    await options.prepare?.(made)
    const user = { uid: account.uid, gid: account.uid, enter: made.enter }
    // No socket is named: the extension looks where everybody's is.
    return { ...options, user, env: { ...options.env, USER: account.name, POCKER_HOST: '' } }
  })
  const machine = (): AccountsMachine => {
    if (made === undefined) throw new Error('the machine is not made')
    return made
  }
  const runRoot = () => join(machine().root, 'run/pocker')
  after(async () => {
    if (made === undefined) return
    try {
      if (existsSync(runRoot())) await endHelper(made)
    } finally {
      await made[Symbol.asyncDispose]()
    }
  })
  return {
    skip: whyNoHelper() ?? used.skip,
    inEditor: used.inEditor,
    machine,
    client: () => makeClient(join(runRoot(), 'pocker.sock')),
  }
}

/** One that was killed has left its containers, which another takes over to end them. */
async function endHelper({ enter, root }: AccountsMachine): Promise<void> {
  const [program] = globSync('usr/local/lib/pocker/*/pocker', { cwd: root })
  const [command = '', ...before] = enter
  if (program !== undefined) await runChecked(command, [...before, `/${program}`, 'helper', 'start'], { cwd: '/' })
  await endBackground({ base: '', dataRoot: '', runRoot: join(root, 'run/pocker') })
}
