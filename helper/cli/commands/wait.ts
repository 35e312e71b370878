import type { WaitResult } from '../../api/container.ts'
import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { tellFailure } from '../failure.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker wait` */
export const wait: Command = {
  usage: 'CONTAINER [CONTAINER...]',
  flags: [],
  words: { least: 1, most: ANY },
  run: async ({ words, client, io }) => {
    let failed = false
    for (const name of words) {
      try {
        const { StatusCode } = answeredObject<WaitResult>(await client.json('POST', containerPath(name, 'wait')))
        await write(io.stdout, `${StatusCode}\n`)
      } catch (error) {
        failed = true
        await write(io.stderr, tellFailure(error, '').text)
      }
    }
    return failed ? 1 : 0
  },
}
