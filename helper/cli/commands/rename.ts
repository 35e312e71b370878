import type { Command } from '../command.ts'
import { containerPath } from '../http/path.ts'

/** `pocker rename` */
export const rename: Command = {
  usage: 'CONTAINER NEW_NAME',
  flags: [],
  words: { least: 2, most: 2 },
  run: async ({ words, client }) => {
    const [container = '', name = ''] = words
    await client.text('POST', containerPath(container, 'rename'), { query: { name } })
    return 0
  },
}
