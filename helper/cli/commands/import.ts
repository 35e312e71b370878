import { resolve } from 'node:path'
import type { Command } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'

/** `pocker import` */
export const importFolder: Command = {
  usage: 'DIR NAME',
  flags: [],
  words: { least: 2, most: 2 },
  run: async ({ words, client, io }) => {
    const [folder = '', name = ''] = words
    const answer = await client.json('POST', '/pocker/images/import', { query: { folder: resolve(io.cwd, folder), name } })
    await write(io.stdout, `${answeredObject<{ Id: string }>(answer).Id}\n`)
    return 0
  },
}
