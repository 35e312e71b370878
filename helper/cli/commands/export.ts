import type { Command } from '../command.ts'
import { containerPath } from '../http/path.ts'
import { openOutput, writeArchive } from '../local-file.ts'

/** `pocker export` */
export const exportContainer: Command = {
  usage: '[OPTIONS] CONTAINER',
  flags: [{ name: 'output', short: 'o', kind: 'text', value: 'string', help: 'Write to a file, instead of STDOUT' }],
  words: { least: 1, most: 1 },
  run: async ({ flags, words, client, io }) => {
    const output = openOutput(io, flags.text('output'))
    try {
      const { body } = await client.stream('GET', containerPath(words[0] ?? '', 'export'))
      await writeArchive(body, output)
    } finally {
      output.close()
    }
    return 0
  },
}
