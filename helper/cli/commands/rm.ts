import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { forEach } from './each.ts'

/** `pocker rm` */
export const rm: Command = {
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: [
    { name: 'force', short: 'f', kind: 'switch', help: 'Force the removal of a running container (uses SIGKILL)' },
    { name: 'link', short: 'l', kind: 'switch', help: 'Remove the specified link' },
    { name: 'volumes', short: 'v', kind: 'switch', help: 'Remove anonymous volumes of the container' },
  ],
  words: { least: 1, most: ANY },
  run: (context) => {
    const { flags, client } = context
    const force = flags.on('force')
    const query = { force, v: flags.on('volumes'), link: flags.on('link') }
    // With --force a container that is not there is as wanted.
    return forEach(
      context,
      (name) => client.text('DELETE', containerPath(name), { query }),
      (error) => force && error.kind === 'NotFound',
    )
  },
}
