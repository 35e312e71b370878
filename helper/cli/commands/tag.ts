import type { Command } from '../command.ts'
import { imagePath } from '../http/path.ts'
import { readNewTag } from '../image-name.ts'

/** `pocker tag` */
export const tag: Command = {
  usage: 'SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]',
  flags: [],
  words: { least: 2, most: 2 },
  run: async ({ words, client }) => {
    const [source = '', target = ''] = words
    const query = await readNewTag(target)
    await client.text('POST', imagePath(source, 'tag'), { query })
    return 0
  },
}
