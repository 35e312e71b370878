import type { Command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { humanSize } from '../format/human.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

/** `pocker container prune` */
export const prune: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'filter', kind: 'list', value: 'filter', help: 'Only containers of these filters (until=, label=)' },
    { name: 'force', short: 'f', kind: 'switch', help: 'Do not prompt for confirmation' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const filters = filterQuery(flags)
    if (!flags.on('force')) await confirm(io, 'WARNING! This will remove all stopped containers.', 'container prune')
    const answer = await client.json('POST', '/containers/prune', { query: { filters } })
    const { ContainersDeleted, SpaceReclaimed } = answeredObject<{ ContainersDeleted: string[] | null; SpaceReclaimed: number }>(answer)
    const deleted = ContainersDeleted ?? []
    if (deleted.length > 0) await write(io.stdout, `Deleted Containers:\n${deleted.map((id) => `${id}\n`).join('')}\n`)
    await write(io.stdout, `Total reclaimed space: ${humanSize(deleted.length > 0 ? SpaceReclaimed : 0)}\n`)
    return 0
  },
}
