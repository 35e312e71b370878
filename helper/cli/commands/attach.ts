import type { ContainerInspect } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import { checkTerminal } from '../attach/check-terminal.ts'
import { attachToRunning } from '../attach/session.ts'
import type { Command } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'

/** `pocker attach` */
export const attach: Command = {
  usage: '[OPTIONS] CONTAINER',
  flags: [
    { name: 'detach-keys', kind: 'text', value: 'string', help: 'Override the key sequence for detaching' },
    { name: 'no-stdin', kind: 'switch', help: 'Do not attach STDIN' },
    { name: 'sig-proxy', kind: 'switch', initially: true, help: 'Proxy received signals to the process' },
  ],
  words: { least: 1, most: 1 },
  run: async (context) => {
    const { client, flags, words, io } = context
    const { Id, State, Config } = answeredObject<ContainerInspect>(await client.json('GET', containerPath(words[0] ?? '', 'json')))
    if (!State.Running) throw refused('cannot attach to a stopped container, start it first')
    if (State.Paused) throw refused('cannot attach to a paused container, unpause it first')
    if (State.Restarting) throw refused('cannot attach to a restarting container, wait until it is running')
    const tty = Config.Tty === true
    const stdin = !flags.on('no-stdin') && Config.OpenStdin === true
    checkTerminal(io, { stdin: !flags.on('no-stdin'), tty })
    return attachToRunning(context, {
      id: Id,
      tty,
      stdin,
      stdout: true,
      stderr: true,
      // A terminal's own keys make the signals there.
      proxySignals: flags.on('sig-proxy') && !tty,
      detachKeys: flags.text('detach-keys'),
      removed: false,
    })
  },
}

function refused(message: string): PockerError {
  return new PockerError('Conflict', message, { code: 'not-attachable' })
}
