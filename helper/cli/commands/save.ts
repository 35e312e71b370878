import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { openOutput, writeArchive } from '../local-file.ts'
import { platformFlagJson } from '../platform-flag.ts'

/** `pocker save` */
export const save: Command = {
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags: [
    { name: 'output', short: 'o', kind: 'text', value: 'string', help: 'Write to a file, instead of STDOUT' },
    { name: 'platform', kind: 'text', value: 'string', help: 'Save only this platform (os[/arch[/variant]])' },
  ],
  words: { least: 1, most: ANY },
  run: async ({ flags, words, client, io }) => {
    const query = { names: words, platform: platformFlagJson(flags) }
    const output = openOutput(io, flags.text('output'))
    try {
      const { body } = await client.stream('GET', '/images/get', { query })
      await writeArchive(body, output)
    } finally {
      output.close()
    }
    return 0
  },
}
