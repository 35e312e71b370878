import { randomBytes } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import { readAnswer } from '../read-answer.ts'
import { type RootRun, runAsRoot } from '../run-as-root.ts'
import { StartError, startError } from '../start-error.ts'
import { failed, notApplicable, type Outcome, over, type Strategy } from '../strategy.ts'
import { ATTEMPTS, type SudoConversation, sudoConversation } from '../sudo-conversation.ts'
import { findProgram, userName } from '../surroundings.ts'

/** `sudo -S`: the editor asks, and the answer goes to sudo's input and nowhere else. */
export const sudoWithPassword: Strategy = {
  id: 'sudo-with-password',
  attempt: async ({ surroundings, command, reason, askPassword, tell, signal }) => {
    const program = findProgram(surroundings, 'sudo')
    if (program === undefined) return notApplicable('there is no sudo')
    if (surroundings.noNewPrivileges) return failed(startError('no-new-privileges'))
    const marker = `[${randomBytes(16).toString('hex')}] `
    const conversation = sudoConversation({ marker, askPassword: worded(askPassword, reason), tell })
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
    const run = await runAsRoot({ before: [program, '-S', '-p', marker, '--'], command, env, conversation, signal })
    conversation.close()
    const answer = readAnswer(run)
    if (answer === undefined) return refusal(run, conversation, signal)
    return answer instanceof StartError ? over(answer) : { kind: 'ready', helper: answer }
  },
}

type Ask = Parameters<typeof sudoConversation>[0]['askPassword']

/** Says what the password is for, and whose. */
function worded(ask: Ask, reason: string): Ask {
  return ({ prompt, attempt }) => {
    const user = userName()
    const words =
      attempt > 1
        ? l10n.t('That was not the right password. {0} Password of {1}:', reason, user)
        : l10n.t('{0} Password of {1}:', reason, user)
    return ask({ prompt: prompt === 'password' ? words : prompt, attempt })
  }
}

/** What sudo says is English by LC_ALL, unless it was built otherwise: then what has happened is enough to go by, but for the words. */
function refusal({ stderr }: RootRun, conversation: SudoConversation, signal: AbortSignal | undefined): Outcome {
  const said = conversation.said()
  if (conversation.dismissed || signal?.aborted) return over(startError('dismissed'))
  if (/must have a tty|requiretty/i.test(said)) return failed(startError('sudo-requires-terminal'))
  if (/not in the sudoers file|is not allowed to|may not run sudo/i.test(said)) return failed(startError('not-in-sudoers'))
  if (/timed out/i.test(said)) return over(startError('start-timed-out'))
  if (conversation.asked > ATTEMPTS || /incorrect (password|authentication) attempt/i.test(said)) return over(startError('wrong-password'))
  if (conversation.asked === ATTEMPTS && conversation.said().trim() !== '') return over(startError('wrong-password'))
  return failed(startError('sudo-refused', { said: lastLine(said === '' ? stderr : said) }))
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
