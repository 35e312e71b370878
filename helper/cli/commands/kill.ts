import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { forEach } from './each.ts'

/** `pocker kill` */
export const kill: Command = {
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: [{ name: 'signal', short: 's', kind: 'text', value: 'string', help: 'Signal to send to the container' }],
  words: { least: 1, most: ANY },
  run: (context) => {
    const query = { signal: context.flags.text('signal') }
    return forEach(context, (name) => context.client.text('POST', containerPath(name, 'kill'), { query }))
  },
}
