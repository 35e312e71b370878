import type { Command } from '../command.ts'
import { ANY } from '../command.ts'
import { formatTable } from '../format/table.ts'
import { answeredObject } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

/** `pocker top` */
export const top: Command = {
  usage: 'CONTAINER [ps OPTIONS]',
  flags: [],
  words: { least: 1, most: ANY },
  stopAtWord: true,
  run: async ({ words, client, io }) => {
    const [container = '', ...options] = words
    const query = { ps_args: options.length === 0 ? undefined : options.join(' ') }
    const answer = await client.json('GET', containerPath(container, 'top'), { query })
    const { Titles, Processes } = answeredObject<{ Titles: string[]; Processes: string[][] | null }>(answer)
    await write(io.stdout, formatTable([Titles, ...(Processes ?? [])], { minWidth: 20, padding: 3 }))
    return 0
  },
}
