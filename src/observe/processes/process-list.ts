/** The processes of a container, as a tree of rows. */
import { z } from 'zod'
import type { EngineClient } from '../../client/engine-client.ts'

const topSchema = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())).nullish() })

export interface ProcessRow {
  /** On the host. */
  readonly pid: number
  readonly user: string
  /** Such as `00:00:03`: the processor time it has used. */
  readonly time: string
  readonly command: string
  readonly children: readonly ProcessRow[]
}

/** The processes that run there, parents before their children. Errors: EngineError, `not-running` and the like. */
export async function listProcesses(client: EngineClient, containerId: string): Promise<readonly ProcessRow[]> {
  const answer = await client.ask('GET', `/containers/${encodeURIComponent(containerId)}/top`, topSchema)
  return processTree(answer)
}

/** How many there are in all. */
export function countProcesses(rows: readonly ProcessRow[]): number {
  return rows.reduce((sum, { children }) => sum + 1 + countProcesses(children), 0)
}

/** The tree of an answer; titles are ps's, in whatever order. */
export function processTree({ Titles, Processes }: z.infer<typeof topSchema>): readonly ProcessRow[] {
  const column = (...names: string[]) => Titles.findIndex((title) => names.includes(title.toUpperCase()))
  const [pid, parent, user, time, command] = [
    column('PID'),
    column('PPID'),
    column('UID', 'USER'),
    column('TIME'),
    column('CMD', 'COMMAND'),
  ]
  const flat = (Processes ?? [])
    .map((cells) => ({
      pid: Number(cells[pid] ?? Number.NaN),
      parent: Number(cells[parent] ?? Number.NaN),
      user: cells[user] ?? '',
      time: cells[time] ?? '',
      command: cells[command] ?? '',
    }))
    .filter((process) => Number.isInteger(process.pid))
  const known = new Set(flat.map((process) => process.pid))
  const below = (ancestor: number, path: ReadonlySet<number>): readonly ProcessRow[] =>
    flat.flatMap((process) => {
      // An answer that makes a ring of them must not be followed for ever.
      if (process.parent !== ancestor || path.has(process.pid)) return []
      return [rowOf(process, below(process.pid, new Set(path).add(process.pid)))]
    })
  return flat.flatMap((process) =>
    known.has(process.parent) && process.parent !== process.pid ? [] : [rowOf(process, below(process.pid, new Set([process.pid])))],
  )
}

function rowOf(process: Omit<ProcessRow, 'children'>, children: readonly ProcessRow[]): ProcessRow {
  const { pid, user, time, command } = process
  return { pid, user, time, command, children }
}
