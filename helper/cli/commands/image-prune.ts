import type { Command } from '../command.ts'
import { confirm } from '../confirm.ts'
import { harmless } from '../failure.ts'
import { humanSize } from '../format/human.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { filterQuery } from './filter-query.ts'

interface Pruned {
  readonly ImagesDeleted?: readonly { readonly Untagged?: string; readonly Deleted?: string }[] | null
  readonly SpaceReclaimed?: number
}

const UNUSED = 'WARNING! This will remove all images without at least one container associated to them.'
const DANGLING = 'WARNING! This will remove all dangling images.'

/** `pocker image prune` */
export const imagePrune: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'all', short: 'a', kind: 'switch', help: 'Remove all unused images, not just dangling ones' },
    { name: 'filter', kind: 'list', value: 'filter', help: 'Only images of these filters (until=, label=)' },
    { name: 'force', short: 'f', kind: 'switch', help: 'Do not prompt for confirmation' },
  ],
  words: { least: 0, most: 0 },
  run: async ({ flags, client, io }) => {
    const all = flags.on('all')
    const filters = filterQuery(flags, [{ name: 'dangling', value: String(!all) }])
    if (!flags.on('force')) await confirm(io, all ? UNUSED : DANGLING, 'image prune')
    const { ImagesDeleted, SpaceReclaimed = 0 } = answeredObject<Pruned>(await client.json('POST', '/images/prune', { query: { filters } }))
    const lines = (ImagesDeleted ?? []).map(({ Untagged, Deleted }) => (Untagged ? `untagged: ${Untagged}` : `deleted: ${Deleted ?? ''}`))
    if (lines.length > 0) await write(io.stdout, `Deleted Images:\n${lines.map((line) => `${harmless(line)}\n`).join('')}\n`)
    await write(io.stdout, `Total reclaimed space: ${humanSize(SpaceReclaimed)}\n`)
    return 0
  },
}
