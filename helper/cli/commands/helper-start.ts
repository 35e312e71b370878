import { resolve } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { Listener, Started } from '../../api/helper.ts'
import { answerStarted, NONCE_FLAG } from '../background/answer-started.ts'
import { ownProgram } from '../background/own-program.ts'
import { withHelper } from '../background/running-helper.ts'
import { startInBackground } from '../background/start-in-background.ts'
import type { Command, CommandContext } from '../command.ts'
import { readUid } from '../grammar/uid.ts'
import { answeredObject } from '../http/answers.ts'
import { systemd } from '../service/systemd.ts'
import type { Target } from '../target.ts'

/** `pocker helper start` */
export const helperStart: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'data-root', kind: 'text', value: 'folder', help: 'Where images and containers are kept (default /var/lib/pocker)' },
    {
      name: 'run-root',
      kind: 'text',
      value: 'folder',
      help: 'Where sockets and other things that end with the boot are kept (default /run/pocker)',
    },
    { name: 'user', kind: 'text', value: 'user', help: 'Let this user in, at a socket of its own, until the machine restarts' },
    NONCE_FLAG,
  ],
  words: { least: 0, most: 0 },
  local: true,
  run: (context) => answerStarted(context.io, context.flags.text('nonce'), () => start(context)),
}

async function start({ flags, target, io }: CommandContext): Promise<Started> {
  if (process.getuid?.() !== 0) throw new PockerError('Forbidden', 'start the helper: this takes root', { code: 'needs-root' })
  const user = flags.text('user')
  const uid = user === undefined || user === '0' ? undefined : await readUid(user)
  const place = placeOf(flags, target, io.cwd)
  const { version, pid, program, socket } = await startInBackground({ target: place, program: ownProgram(), systemd, env: io.env })
  if (uid === undefined) return { version, pid, program, socket }
  const listener = await withHelper(socket, (client) => client.json('POST', '/pocker/listeners', { body: { uid } }))
  return { version, pid, program, socket: answeredObject<Listener>(listener).socket }
}

function placeOf(flags: CommandContext['flags'], target: Target, cwd: string): Target {
  const path = (text: string) => resolve(cwd, text)
  const runRoot = flags.parsed('run-root', path) ?? target.runRoot
  return { foreign: false, dataRoot: flags.parsed('data-root', path) ?? target.dataRoot, runRoot, socket: resolve(runRoot, 'pocker.sock') }
}
