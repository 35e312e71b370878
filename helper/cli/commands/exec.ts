import { readFileSync } from 'node:fs'
import type { ExecCreateRequest, ExecInspect } from '../../api/exec.ts'
import { checkTerminal } from '../attach/check-terminal.ts'
import { pump } from '../attach/pump.ts'
import { detachKeysOf } from '../attach/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { ANY } from '../command.ts'
import { unlessEmpty, withoutUndefined } from '../create/without-undefined.ts'
import type { Flags } from '../flags.ts'
import { parseEnvironment, parseKeyValueFile } from '../grammar/key-values.ts'
import { answeredObject } from '../http/answers.ts'
import { isUnknownEndpoint } from '../http/api-error.ts'
import type { Client, Hijacked } from '../http/client.ts'
import { containerPath } from '../http/path.ts'
import type { Io } from '../io.ts'
import { terminalSize } from '../io.ts'

/** `pocker exec` */
export const exec: Command = {
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  flags: [
    { name: 'detach', short: 'd', kind: 'switch', help: 'Run the command in the background' },
    { name: 'detach-keys', kind: 'text', value: 'string', help: 'Override the key sequence for detaching' },
    { name: 'env', short: 'e', kind: 'list', value: 'list', help: 'Set environment variables' },
    { name: 'env-file', kind: 'list', value: 'list', help: 'Read in a file of environment variables' },
    { name: 'interactive', short: 'i', kind: 'switch', help: 'Keep STDIN open even if not attached' },
    { name: 'privileged', kind: 'switch', help: 'Give extended privileges to the command' },
    { name: 'toolbox', kind: 'switch', help: "This machine's programs, with the container's files in /container; by itself a shell" },
    { name: 'tty', short: 't', kind: 'switch', help: 'Allocate a pseudo-TTY' },
    { name: 'user', short: 'u', kind: 'text', value: 'string', help: 'Username or UID (format: <name|uid>[:<group|gid>])' },
    { name: 'workdir', short: 'w', kind: 'text', value: 'string', help: 'Working directory inside the container' },
  ],
  words: { least: 2, most: ANY, lessWith: { flag: 'toolbox', least: 1 } },
  stopAtWord: true,
  run: async (context) => {
    const { client, words, flags, io } = context
    const [container = '', ...command] = words
    const streams = streamsOf(flags, command, io)
    const request = execRequest(flags, command, { io, streams })
    const path = containerPath(container, 'exec')
    const detached = flags.on('detach')
    await detachKeysOf(flags.text('detach-keys'))
    if (!detached) checkTerminal(io, { stdin: streams.interactive, tty: streams.tty })
    if (!detached) return runAttached(context, request, await begin(client, path, request))
    await beginDetached(client, path, request)
    return 0
  },
}

interface Streams {
  readonly interactive: boolean
  readonly tty: boolean
}

/** A toolbox without a command is a shell to type at. */
function streamsOf(flags: Flags, command: readonly string[], io: Io): Streams {
  const isShell = flags.on('toolbox') && command.length === 0 && !flags.on('detach')
  return { interactive: flags.on('interactive') || isShell, tty: flags.on('tty') || (isShell && io.stdin.isTTY === true) }
}

function execRequest(flags: Flags, command: readonly string[], { io, streams }: { io: Io; streams: Streams }): ExecCreateRequest {
  const attached = !flags.on('detach')
  const files = flags.list('env-file').flatMap((path) => parseKeyValueFile(readFileSync(path, 'utf8'), (name) => io.env[name]))
  const detachKeys = flags.text('detach-keys')
  return {
    AttachStdin: attached && streams.interactive,
    AttachStdout: attached,
    AttachStderr: attached,
    Tty: streams.tty,
    Privileged: flags.on('privileged'),
    Cmd: [...command],
    ...withoutUndefined({
      User: flags.text('user'),
      WorkingDir: flags.text('workdir'),
      Env: unlessEmpty([...files, ...flags.parsedList('env', (text) => parseEnvironment(text, io.env))]),
      Toolbox: flags.on('toolbox') ? true : undefined,
      DetachKeys: detachKeys === '' ? undefined : detachKeys,
      ConsoleSize: streams.tty ? consoleSize(io) : undefined,
    }),
  }
}

interface Begun {
  readonly id: string
  readonly connection: Hijacked
}

/** By one request, or by Docker's two where the engine does not know that one. */
async function begin(client: Client, path: string, request: ExecCreateRequest): Promise<Begun> {
  try {
    const connection = await client.hijack(`/pocker${path}`, { body: request })
    return { id: connection.head.headers.get('pocker-exec') ?? '', connection }
  } catch (error) {
    if (!isUnknownEndpoint(error)) throw error
  }
  const { Id: id } = answeredObject<{ Id: string }>(await client.json('POST', path, { body: request }))
  const size = request.ConsoleSize === undefined ? {} : { ConsoleSize: request.ConsoleSize }
  return { id, connection: await client.hijack(`${execPath(id)}/start`, { body: { Detach: false, Tty: request.Tty === true, ...size } }) }
}

async function beginDetached(client: Client, path: string, request: ExecCreateRequest): Promise<void> {
  try {
    await client.text('POST', `/pocker${path}`, { body: { ...request, Detach: true } })
    return
  } catch (error) {
    if (!isUnknownEndpoint(error)) throw error
  }
  const { Id } = answeredObject<{ Id: string }>(await client.json('POST', path, { body: request }))
  await client.text('POST', `${execPath(Id)}/start`, { body: { Detach: true, Tty: request.Tty === true } })
}

function execPath(id: string): string {
  return `/exec/${encodeURIComponent(id)}`
}

async function runAttached({ client, flags, io }: CommandContext, request: ExecCreateRequest, { id, connection }: Begun): Promise<number> {
  const path = execPath(id)
  const tty = request.Tty === true
  const end = await pump({
    connection,
    io,
    tty,
    stdin: request.AttachStdin === true,
    stdout: true,
    stderr: true,
    detachKeys: await detachKeysOf(flags.text('detach-keys')),
    // The terminal works with a wrong size too, and the process may just have ended.
    resize: ({ height, width }) => void client.text('POST', `${path}/resize`, { query: { h: height, w: width } }).catch(() => undefined),
  })
  if (end === 'detached') return 0
  return answeredObject<ExecInspect>(await client.json('GET', `${path}/json`)).ExitCode ?? 0
}

function consoleSize(io: Io): [number, number] | undefined {
  const size = terminalSize(io.stdout)
  return size === undefined ? undefined : [size.height, size.width]
}
