import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { parseCopyWord } from '../cp/copy-paths.ts'
import { copyFromContainer } from '../cp/from-container.ts'
import { copyToContainer } from '../cp/to-container.ts'

/** `pocker cp` */
export const cp: Command = {
  usage: '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tpocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  flags: [
    { name: 'archive', short: 'a', kind: 'switch', help: 'Archive mode (copy all uid/gid information)' },
    { name: 'follow-link', short: 'L', kind: 'switch', help: 'Always follow symbol link in SRC_PATH' },
    { name: 'quiet', short: 'q', kind: 'switch', help: 'Suppress progress output during copy (default without a terminal)' },
  ],
  words: { least: 2, most: 2 },
  run: async (context) => {
    const { words, flags, io } = context
    const [source = '', destination = ''] = words
    if (source === '') throw wrong('source can not be empty')
    if (destination === '') throw wrong('destination can not be empty')
    const [from, to] = [parseCopyWord(source), parseCopyWord(destination)]
    const options = {
      source: from.path,
      destination: to.path,
      followLink: flags.on('follow-link'),
      quiet: flags.has('quiet') ? flags.on('quiet') : io.stdout.isTTY !== true,
    }
    if (from.container && to.container) throw wrong('copying between containers is not supported')
    if (from.container) await copyFromContainer(context, { ...options, container: from.container })
    else if (to.container) await copyToContainer(context, { ...options, container: to.container, keepOwners: flags.on('archive') })
    else throw wrong('must specify at least one container source')
    return 0
  },
}

function wrong(message: string): PockerError {
  return new PockerError('InvalidParameter', message, { code: 'bad-copy-words' })
}
