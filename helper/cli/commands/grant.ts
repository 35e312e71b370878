import type { Listener } from '../../api/helper.ts'
import { ANY, type Command, type CommandContext } from '../command.ts'
import { formatTable, LIST_TABLE } from '../format/table.ts'
import { readUid } from '../grammar/uid.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { forEach } from './each.ts'

/** `pocker grant` */
export const grant: Command = {
  usage: '[OPTIONS] [USER...]',
  flags: [{ name: 'until-reboot', kind: 'switch', help: 'Only until this machine restarts, and not until revoked' }],
  words: { least: 0, most: ANY },
  run: (context) => (context.words.length === 0 ? list(context) : letIn(context)),
}

function letIn(context: CommandContext): Promise<number> {
  const until = context.flags.on('until-reboot') ? 'reboot' : 'revoked'
  return forEach(context, async (user) => context.client.json('POST', '/pocker/listeners', { body: { uid: await readUid(user), until } }))
}

async function list({ client, io }: CommandContext): Promise<number> {
  const { listeners } = answeredObject<{ listeners: Listener[] }>(await client.json('GET', '/pocker/listeners'))
  const rows = listeners.map(({ uid, name, until, socket }) => [String(uid), name ?? '', until, socket])
  await write(io.stdout, formatTable([['UID', 'NAME', 'UNTIL', 'SOCKET'], ...rows], LIST_TABLE))
  return 0
}
