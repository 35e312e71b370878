import type { CreateRequest } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import { checkTerminal } from '../attach/check-terminal.ts'
import { detachKeysOf, startAttached } from '../attach/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { ANY } from '../command.ts'
import { createAndStart, createContainer, requestOf } from '../create/create-container.ts'
import { RUN_FLAGS } from '../create/create-flags.ts'
import { write } from '../io.ts'

/** `pocker run` */
export const run: Command = {
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  flags: RUN_FLAGS,
  words: { least: 1, most: ANY, lessWith: { flag: 'rootfs', least: 0 } },
  stopAtWord: true,
  run: async (context) => {
    const { flags, io } = context
    const request = requestOf(context)
    const explain = flags.on('explain')
    if (explain) await (await import('../create/steps.ts')).printPlan(context, request)
    if (explain && !flags.on('trace')) return 0

    const attached = request.AttachStdin === true || request.AttachStdout === true || request.AttachStderr === true
    const detachKeys = flags.text('detach-keys')
    await detachKeysOf(detachKeys)
    if (attached) {
      checkTerminal(io, { stdin: request.AttachStdin === true, tty: request.Tty === true })
      // Create, attach and wait each have a connection: open all while the request for the first is on its way.
      context.client.warm(2)
    }
    if (!attached) return runDetached(context, request)
    const id = await createContainer(context, request)
    let trace: Promise<string> | undefined
    const code = await startAttached(context, {
      id,
      tty: request.Tty === true,
      stdin: request.AttachStdin === true,
      stdout: request.AttachStdout === true,
      stderr: request.AttachStderr === true,
      proxySignals: flags.on('sig-proxy'),
      detachKeys,
      removed: flags.on('rm'),
      onStarted: () => {
        if (flags.on('trace')) trace = traceOf(context, id)
      },
    })
    if (trace !== undefined) await write(io.stderr, await trace)
    return code
  },
}

async function runDetached(context: CommandContext, request: CreateRequest): Promise<number> {
  const { flags, io } = context
  const id = await createAndStart(context, request).catch(async (error: unknown) => {
    if (error instanceof PockerError && error.container !== undefined) await write(io.stdout, `${error.container}\n`)
    throw error
  })
  await write(io.stdout, `${id}\n`)
  if (flags.on('trace')) await write(io.stderr, await traceOf(context, id))
  return 0
}

async function traceOf({ client }: CommandContext, id: string): Promise<string> {
  const { readTrace } = await import('../create/steps.ts')
  return readTrace(client, id)
}
