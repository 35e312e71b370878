/** What a host asks, put to the user in the editor. */
import * as l10n from '@vscode/l10n'
import type { KeyQuestion, PromptsQuestion, Questions, SecretQuestion } from '../../../ssh/questions.ts'
import type { Ask } from '../../ask/ask.ts'
import { plainText } from '../../text/plain-text.ts'
import type { SshSecrets } from './ssh-secrets.ts'

export interface SshQuestionsParts {
  readonly ask: Ask
  readonly secrets: SshSecrets
  /** As the setting has it. */
  readonly host: string
}

export interface SshQuestions extends Questions {
  /** All was right: what was typed is known from now on, and kept if the user says so. */
  connected(): void
}

/** Nobody is asked: what is known is answered. */
export function silentQuestions({ secrets, host }: SshQuestionsParts): SshQuestions {
  return {
    isSilent: true,
    acceptKey: async () => false,
    secret: async ({ kind, of, attempt }) => (attempt === 1 ? await secrets.find(host, nameOf(kind, of)) : undefined),
    prompts: async (question) => {
      const known = await knownAnswer(secrets, host, question)
      return known === undefined ? undefined : [known]
    },
    connected: () => {},
  }
}

/** The user is asked what is not known. */
export function askedQuestions({ ask, secrets, host }: SshQuestionsParts): SshQuestions {
  const typed = new Map<string, string>()
  const title = l10n.t('Connect to {0}', plainText(host, 60))
  const secret = async ({ kind, of, attempt }: SecretQuestion) => {
    const name = nameOf(kind, of)
    const known = attempt === 1 ? await secrets.find(host, name) : undefined
    if (known !== undefined) return known
    if (attempt > 1) await secrets.drop(host, name)
    const answer = await ask.input({
      title: attempt > 1 ? l10n.t('{0}: wrong, try again', title) : title,
      prompt: promptOf(kind, of),
      value: '',
      isSecret: true,
    })
    if (answer !== undefined) typed.set(name, answer)
    return answer
  }
  return {
    acceptKey: (question) => acceptKey(ask, question),
    secret,
    prompts: async (question) => {
      const known = await knownAnswer(secrets, host, question)
      if (known !== undefined) return [known]
      const answers: string[] = []
      for (const { prompt, isShown } of question.prompts) {
        const shown = [question.instructions, prompt].map((text) => plainText(text.trim(), 300)).filter((text) => text !== '')
        const answer = await ask.input({ title, prompt: shown.join(' · '), value: '', isSecret: !isShown })
        if (answer === undefined) return undefined
        answers.push(answer)
      }
      if (isPassword(question)) typed.set(nameOf('password', question.of), answers[0] ?? '')
      return answers
    },
    connected: () => {
      for (const [name, answer] of typed) secrets.use(host, name, answer)
      void offerToKeep({ ask, secrets, host }, typed)
    },
  }
}

async function acceptKey(ask: Ask, { name, fingerprint, kind, isJump }: KeyQuestion): Promise<boolean> {
  const shown = plainText(name, 100)
  return await ask.confirm({
    text: isJump
      ? l10n.t('The key of {0}, which the way leads through, is not known yet.', shown)
      : l10n.t('The key of {0} is not known yet.', shown),
    detail: l10n.t(
      '{0} ({1})\nCompare it with what the machine’s administrator tells you. If it is another one, somebody else answers in its place.',
      fingerprint,
      plainText(kind, 60),
    ),
    button: l10n.t('Trust and Connect'),
  })
}

function promptOf(kind: SecretQuestion['kind'], of: string): string {
  const shown = plainText(of, 200)
  switch (kind) {
    case 'passphrase':
      return l10n.t('Passphrase of the key {0}', shown)
    case 'password':
      return l10n.t('Password of {0}', shown)
    case 'sudo':
      return l10n.t('Password for sudo on {0}: Pocker needs administrator rights there once, to make containers', shown)
  }
}

/** Most servers ask for the password this way. */
function isPassword({ prompts }: PromptsQuestion): boolean {
  return prompts.length === 1 && prompts[0]?.isShown === false && /password/i.test(prompts[0].prompt)
}

async function knownAnswer(secrets: SshSecrets, host: string, question: PromptsQuestion): Promise<string | undefined> {
  return question.attempt === 1 && isPassword(question) ? await secrets.find(host, nameOf('password', question.of)) : undefined
}

async function offerToKeep({ ask, secrets, host }: SshQuestionsParts, typed: ReadonlyMap<string, string>): Promise<void> {
  const fresh = [...typed].filter(([name]) => !secrets.isKept(host, name))
  if (fresh.length === 0) return
  const text = l10n.t('Keep the password of {0} where this editor keeps secrets? Forget Host removes it again.', plainText(host, 60))
  if (await ask.offer(text, l10n.t('Keep'))) for (const [name, answer] of fresh) await secrets.keep(host, name, answer)
}

function nameOf(kind: SecretQuestion['kind'], of: string): string {
  return `${kind} ${of}`
}
