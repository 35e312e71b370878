import { PockerError } from '../../api/errors.ts'
import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { harmless, tellFailure } from '../failure.ts'
import { answeredList } from '../http/answers.ts'
import { imagePath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker rmi` */
export const rmi: Command = {
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags: [
    { name: 'force', short: 'f', kind: 'switch', help: 'Force removal of the image' },
    { name: 'no-prune', kind: 'switch', help: 'Do not delete untagged parents' },
  ],
  words: { least: 1, most: ANY },
  run: async ({ words, flags, client, io }) => {
    let failed = false
    const query = { force: flags.on('force'), noprune: flags.on('no-prune') }
    for (const name of words) {
      try {
        const removed = answeredList<{ Untagged?: string; Deleted?: string }>(await client.json('DELETE', imagePath(name), { query }))
        for (const { Untagged, Deleted } of removed) {
          const line = Deleted === undefined ? `Untagged: ${Untagged ?? ''}` : `Deleted: ${Deleted}`
          await write(io.stdout, `${harmless(line)}\n`)
        }
      } catch (error) {
        // With --force an image that is not there is as wanted.
        failed ||= !(flags.on('force') && error instanceof PockerError && error.kind === 'NotFound')
        await write(io.stderr, tellFailure(error, '').text)
      }
    }
    return failed ? 1 : 0
  },
}
