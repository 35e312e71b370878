import type { ContainerInspect } from '../../api/container.ts'
import { PockerError } from '../../api/errors.ts'
import { checkTerminal } from '../attach/check-terminal.ts'
import { startAttached } from '../attach/session.ts'
import type { Command, CommandContext } from '../command.ts'
import { ANY } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { forEach } from './each.ts'

/** `pocker start` */
export const start: Command = {
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: [
    { name: 'attach', short: 'a', kind: 'switch', help: 'Attach STDOUT/STDERR and forward signals' },
    { name: 'detach-keys', kind: 'text', value: 'string', help: 'Override the key sequence for detaching' },
    { name: 'interactive', short: 'i', kind: 'switch', help: "Attach the container's STDIN" },
  ],
  words: { least: 1, most: ANY },
  run: (context) => {
    const { flags, words, client } = context
    if (flags.on('attach') || flags.on('interactive')) return startOne(context)
    return forEach({ ...context, words }, (name) => client.text('POST', containerPath(name, 'start')))
  },
}

async function startOne(context: CommandContext): Promise<number> {
  const { flags, words, client, io } = context
  if (words.length > 1) {
    throw new PockerError('InvalidParameter', 'you cannot start and attach multiple containers at once', { code: 'conflicting-options' })
  }
  client.warm(2)
  const { Id, Config, HostConfig } = answeredObject<ContainerInspect>(await client.json('GET', containerPath(words[0] ?? '', 'json')))
  const tty = Config.Tty === true
  const stdin = flags.on('interactive') && Config.OpenStdin === true
  checkTerminal(io, { stdin, tty })
  return startAttached(context, {
    id: Id,
    tty,
    stdin,
    stdout: true,
    stderr: true,
    proxySignals: !tty,
    detachKeys: flags.text('detach-keys'),
    removed: HostConfig.AutoRemove === true,
  })
}
