/** Who we are: the methods in OpenSSH's order, each as long as the server takes it. */
import type { AnyAuthMethod, AuthHandlerMiddleware } from 'ssh2'
import type { HostSettings } from '../config/host-settings.ts'
import type { Questions } from '../questions.ts'
import { sshError, unanswered } from '../ssh-error.ts'
import { KeyRing } from './key-ring.ts'

export interface Authenticating {
  readonly settings: HostSettings
  /** Undefined: nobody may be asked. */
  readonly questions: Questions | undefined
  /** Waits for a person. */
  readonly during: <T>(work: Promise<T>) => Promise<T>
  readonly fail: (error: unknown) => void
}

/** As often as OpenSSH asks. */
const ATTEMPTS = 3
/** Of prompts, and of characters of one: more is no question that anybody could answer. */
const MOST_PROMPTS = 16
const LONGEST_PROMPT = 1_000

/** The handler for one connection. */
export function authenticate({ settings, questions, during, fail }: Authenticating): AuthHandlerMiddleware {
  const { user: username, alias } = settings
  const of = `${username}@${alias}`
  const counts = { publickey: 0, 'keyboard-interactive': 0, password: 0 }
  let unasked = false

  const doing = `connect to ${alias}`
  const ring = () =>
    new KeyRing({
      ...settings,
      passphrase: async (path, attempt) => {
        const answer = questions === undefined ? undefined : await during(questions.secret({ kind: 'passphrase', of: path, attempt }))
        unasked ||= answer === undefined
        return answer
      },
    })
  const password = async (): Promise<AnyAuthMethod> => {
    const question = { kind: 'password', of, attempt: counts.password } as const
    const answer = questions === undefined ? undefined : await during(questions.secret(question))
    if (answer === undefined) throw unanswered(questions, doing, 'a password')
    return { type: 'password', username, password: answer }
  }
  const keyboard = (): AnyAuthMethod => ({
    type: 'keyboard-interactive',
    username,
    prompt: (name, instructions, _language, prompts, finish) => {
      const shown = prompts.slice(0, MOST_PROMPTS).map(({ prompt, echo }) => ({ prompt: cut(prompt), isShown: echo === true }))
      const question = { of, name: cut(name), instructions: cut(instructions), prompts: shown, attempt: counts['keyboard-interactive'] }
      const asking = questions === undefined ? Promise.resolve(undefined) : during(questions.prompts(question))
      asking.then((answers) => {
        if (answers === undefined) fail(unanswered(questions, doing, 'answers'))
        else finish([...answers])
      }, fail)
    },
  })
  const choose = async (left: readonly string[] | null): Promise<AnyAuthMethod> => {
    // Asked for first: the answer says which methods there are, and some servers want no more.
    if (left === null) return { type: 'none', username }
    if (left.includes('publickey') && counts.publickey++ === 0) return { type: 'agent', username, agent: ring() }
    if (left.includes('keyboard-interactive') && counts['keyboard-interactive']++ < ATTEMPTS) return keyboard()
    if (left.includes('password') && counts.password++ < ATTEMPTS) return await password()
    if (unasked) throw unanswered(questions, doing, 'a passphrase')
    throw sshError('ssh-auth-failed', `${doing}: it does not let ${username} in (${left.join(', ') || 'no way offered'})`, {
      hint: 'check the name of the user, and which of your keys the host knows',
    })
  }
  return (left, _partial, next) => void choose(left).then(next, fail)
}

function cut(text: string): string {
  return text.slice(0, LONGEST_PROMPT)
}
