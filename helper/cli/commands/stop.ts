import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import type { FlagSpec } from '../flags.ts'
import { parseInteger } from '../grammar/number.ts'
import { containerPath } from '../http/path.ts'
import { forEach } from './each.ts'

const FLAGS: readonly FlagSpec[] = [
  { name: 'signal', short: 's', kind: 'text', value: 'string', help: 'Signal to send to the container' },
  { name: 'time', kind: 'text', value: 'int', help: 'Seconds to wait before killing the container', hidden: true, means: 'timeout' },
  { name: 'timeout', short: 't', kind: 'text', value: 'int', help: 'Seconds to wait before killing the container' },
]

/** `pocker stop` */
export const stop = stopping('stop')

/** `pocker restart` */
export const restart = stopping('restart')

function stopping(verb: 'stop' | 'restart'): Command {
  return {
    usage: '[OPTIONS] CONTAINER [CONTAINER...]',
    flags: FLAGS,
    words: { least: 1, most: ANY },
    run: (context) => {
      const query = { signal: context.flags.text('signal'), t: context.flags.parsed('timeout', parseInteger) }
      return forEach(context, (name) => context.client.text('POST', containerPath(name, verb), { query }))
    },
  }
}
