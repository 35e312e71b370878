import { ANY, type Command } from '../command.ts'
import { readUid } from '../grammar/uid.ts'
import { forEach } from './each.ts'

/** `pocker revoke` */
export const revoke: Command = {
  usage: 'USER [USER...]',
  flags: [],
  words: { least: 1, most: ANY },
  run: (context) => forEach(context, async (user) => context.client.text('DELETE', `/pocker/listeners/${await readUid(user)}`)),
}
