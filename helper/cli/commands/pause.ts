import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { forEach } from './each.ts'

/** `pocker pause` */
export const pause = freezing('pause')

/** `pocker unpause` */
export const unpause = freezing('unpause')

function freezing(verb: 'pause' | 'unpause'): Command {
  return {
    usage: 'CONTAINER [CONTAINER...]',
    flags: [],
    words: { least: 1, most: ANY },
    run: (context) => forEach(context, (name) => context.client.text('POST', containerPath(name, verb))),
  }
}
