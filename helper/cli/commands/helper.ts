import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { invalid } from '../grammar/invalid.ts'
import { integerBetween } from '../grammar/number.ts'
import { readUid } from '../grammar/uid.ts'

/** `pocker helper`: the helper itself, in the foreground. */
export const helper: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'apart', kind: 'switch', help: 'Leave the login session', hidden: true },
    {
      name: 'bridge',
      kind: 'text',
      value: 'bridge|none',
      help: 'What network containers have that ask for none (default bridge)',
    },
    { name: 'data-root', kind: 'text', value: 'folder', help: 'Where images and containers are kept (default /var/lib/pocker)' },
    {
      name: 'idle-timeout',
      kind: 'text',
      value: 'seconds',
      help: 'Leave after so long without containers and requests; 0 is never (default 0)',
    },
    {
      name: 'run-root',
      kind: 'text',
      value: 'folder',
      help: 'Where sockets and other things that end with the boot are kept (default /run/pocker)',
    },
    { name: 'socket', kind: 'text', value: 'path', help: 'Socket to listen on (default pocker.sock in the run root)' },
    { name: 'user', kind: 'list', value: 'user', help: 'Let this user in, at a socket of its own, until the machine restarts' },
  ],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ flags, target, io }) => {
    const path = (text: string) => resolve(io.cwd, text)
    const runRoot = flags.parsed('run-root', path) ?? target.runRoot
    const options = {
      dataRoot: flags.parsed('data-root', path) ?? target.dataRoot,
      runRoot,
      socket: flags.parsed('socket', path) ?? resolve(runRoot, 'pocker.sock'),
      idleTimeout: flags.parsed('idle-timeout', integerBetween(0, 2 ** 31 - 1)) ?? 0,
      apart: flags.on('apart'),
      defaultNetwork: flags.parsed('bridge', parseBridge) ?? true,
      users: await Promise.all(flags.list('user').map(readUid)),
    }
    const { runHelper } = await import('../../main.ts')
    await runHelper(options)
    return 0
  },
}

function parseBridge(text: string): boolean {
  if (text === 'bridge' || text === 'none') return text === 'bridge'
  throw invalid('invalid-bridge', `"${text}" is neither bridge nor none`)
}
