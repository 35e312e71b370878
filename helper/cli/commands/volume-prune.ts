import type { Command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { harmless } from '../failure.ts'
import { humanSize } from '../format/human.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

const ANONYMOUS = 'WARNING! This will remove anonymous local volumes not used by at least one container.'
const EVERY = 'WARNING! This will remove all local volumes not used by at least one container.'

/** `pocker volume prune` */
export const volumePrune: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'all', short: 'a', kind: 'switch', help: 'Remove all unused volumes, not just anonymous ones' },
    { name: 'filter', kind: 'list', value: 'filter', help: 'Only volumes of these filters (label=)' },
    { name: 'force', short: 'f', kind: 'switch', help: 'Do not prompt for confirmation' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const all = flags.on('all')
    const filters = filterQuery(flags, all ? [{ name: 'all', value: 'true' }] : [])
    if (!flags.on('force')) await confirm(io, all ? EVERY : ANONYMOUS, 'volume prune')
    const answer = await client.json('POST', '/volumes/prune', { query: { filters } })
    const { VolumesDeleted, SpaceReclaimed } = answeredObject<{ VolumesDeleted: string[] | null; SpaceReclaimed: number }>(answer)
    const deleted = VolumesDeleted ?? []
    if (deleted.length > 0) await write(io.stdout, `Deleted Volumes:\n${deleted.map((name) => `${harmless(name)}\n`).join('')}\n`)
    await write(io.stdout, `Total reclaimed space: ${humanSize(deleted.length > 0 ? SpaceReclaimed : 0)}\n`)
    return 0
  },
}
