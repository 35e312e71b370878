import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { volumePath } from '../http/path.ts'
import { forEach } from './each.ts'

/** `pocker volume rm` */
export const volumeRm: Command = {
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  flags: [{ name: 'force', short: 'f', kind: 'switch', help: 'Do not complain of volumes that are not there' }],
  words: { least: 1, most: ANY },
  run: (context) =>
    forEach(context, (name) => context.client.text('DELETE', volumePath(name), { query: { force: context.flags.on('force') } })),
}
