import { text as readText } from 'node:stream/consumers'
import { PockerError } from '../../api/errors.ts'
import type { Command, CommandContext } from '../command.ts'
import type { CredentialStore } from '../credentials/credential-store.ts'
import { openCredentials } from '../credentials/credential-store.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { HUB, hostOf } from '../credentials/credentials.ts'
import { authOf } from '../credentials/registry-auth.ts'
import { harmless, tellFailure } from '../failure.ts'
import type { Flags } from '../flags.ts'
import { answeredObject } from '../http/answers.ts'
import type { Io } from '../io.ts'
import { write } from '../io.ts'
import { lineOf, secretLineOf } from '../read-line.ts'

/** `pocker login` */
export const login: Command = {
  usage: '[OPTIONS] [SERVER]',
  flags: [
    { name: 'password', short: 'p', kind: 'text', value: 'string', help: 'Password or Personal Access Token (PAT)' },
    { name: 'password-stdin', kind: 'switch', help: 'Take the Password or Personal Access Token (PAT) from stdin' },
    { name: 'username', short: 'u', kind: 'text', value: 'string', help: 'Username' },
  ],
  words: { least: 0, most: 1 },
  run: async (context) => {
    const { flags, words, io } = context
    checkFlags(flags)
    const registry = loginKey(words[0])
    const password = await givenPassword(flags, io)
    const store = openCredentials(io)
    const asked = !flags.has('username') && password === undefined
    const known = asked ? await store.get(registry) : undefined
    const status =
      (await loginAgain(context, store, registry, known)) ?? (await loginAnew(context, store, registry, password, known?.username))
    if (status !== '') await write(io.stdout, `${harmless(status)}\n`)
    return 0
  },
}

/** Where the credentials of what was named are kept. */
export function loginKey(server: string | undefined): string {
  return server === undefined || server === '' || server === 'docker.io' || server === HUB ? HUB : hostOf(server)
}

function checkFlags(flags: Flags): void {
  const wrong = wrongFlags(flags)
  if (wrong !== undefined) throw new PockerError('InvalidParameter', wrong.message, { code: wrong.code })
}

function wrongFlags(flags: Flags): { readonly message: string; readonly code: string } | undefined {
  if (flags.on('password-stdin') && flags.has('password')) {
    return { message: '--password and --password-stdin are mutually exclusive', code: 'conflicting-options' }
  }
  if (flags.on('password-stdin') && !flags.has('username')) {
    return { message: 'the --password-stdin option requires --username to be set', code: 'conflicting-options' }
  }
  if (flags.text('username') === '') return { message: 'username is empty', code: 'empty-credentials' }
  if (flags.text('password') === '') return { message: 'password is empty', code: 'empty-credentials' }
  return undefined
}

async function givenPassword(flags: Flags, io: Io): Promise<string | undefined> {
  if (!flags.on('password-stdin')) {
    if (flags.has('password')) await write(io.stderr, 'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n')
    return flags.text('password')
  }
  // Only the line's end is taken off: anything else may belong to the password.
  const password = (await readText(io.stdin)).replace(/\r?\n$|\r$/, '')
  if (password.trim() === '') throw new PockerError('InvalidParameter', 'password is empty', { code: 'empty-credentials' })
  return password
}

/** With what is stored; undefined when there is nothing, or the registry does not want it any more. */
async function loginAgain(
  context: CommandContext,
  store: CredentialStore,
  registry: string,
  known: Credentials | undefined,
): Promise<string | undefined> {
  if (!known?.username || !known.password) return undefined
  const { io } = context
  await write(io.stderr, `Authenticating with existing credentials... [Username: ${harmless(known.username)}]\n`)
  try {
    return await loginWith(context, store, registry, known)
  } catch (error) {
    if (!(error instanceof PockerError)) throw error
    const message =
      error.kind === 'Forbidden'
        ? 'Stored credentials invalid or expired\n'
        : `Login did not succeed, error: ${tellFailure(error, '').text}`
    await write(io.stderr, message)
    return undefined
  }
}

async function loginAnew(
  context: CommandContext,
  store: CredentialStore,
  registry: string,
  password: string | undefined,
  usual: string | undefined,
): Promise<string> {
  const { flags, io } = context
  const named = flags.text('username')?.trim()
  if ((!named || password === undefined) && io.stdin.isTTY !== true) {
    throw new PockerError('InvalidParameter', 'cannot perform an interactive login from a non TTY device', {
      code: 'not-a-terminal',
      hint: 'name the user with -u, and give the password with --password-stdin',
    })
  }
  const username = named || (await askName(io, registry, usual))
  return loginWith(context, store, registry, { username, password: password ?? (await askPassword(io)) })
}

async function loginWith(context: CommandContext, store: CredentialStore, registry: string, credentials: Credentials): Promise<string> {
  const { client, io } = context
  const answer = await client.json('POST', '/auth', { body: authOf(registry, credentials) })
  const { Status = '', IdentityToken } = answeredObject<{ Status?: string; IdentityToken?: string }>(answer ?? {})
  const { username = '' } = credentials
  const kept = IdentityToken ? { username, identitytoken: IdentityToken } : credentials
  const { unencrypted } = await store.store(registry, kept)
  if (unencrypted !== undefined) await write(io.stderr, unencryptedWarning(unencrypted))
  return Status
}

function unencryptedWarning(path: string): string {
  return `
WARNING! Your credentials are stored unencrypted in '${harmless(path)}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/

`
}

async function askName(io: Io, registry: string, usual: string | undefined): Promise<string> {
  if (registry === HUB) {
    await write(
      io.stdout,
      "Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker ID, head over to https://hub.docker.com/ to create one.\n",
    )
  }
  await write(io.stdout, usual === undefined ? 'Username: ' : `Username (${harmless(usual)}): `)
  const name = (await lineOf(io.stdin)) || usual
  if (name) return name
  throw new PockerError('InvalidParameter', 'username is required', { code: 'empty-credentials' })
}

async function askPassword(io: Io): Promise<string> {
  await write(io.stdout, 'Password: ')
  const password = await secretLineOf(io.stdin)
  await write(io.stdout, '\n')
  if (password !== '') return password
  throw new PockerError('InvalidParameter', 'password is required', { code: 'empty-credentials' })
}
