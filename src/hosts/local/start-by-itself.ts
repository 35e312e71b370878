/** Pocker is started without being asked for, where that asks nothing of the user: who opens its view wants it. */
import type { Disposable } from 'vscode'
import type { Starting } from '../../commands/start.ts'
import type { Hosts } from '../hosts.ts'
import type { LocalStart } from '../local-start.ts'

export interface StartByItselfParts {
  readonly hosts: Hosts
  readonly starting: Pick<Starting, 'start' | 'isOn'>
  readonly local: LocalStart
  /** The user's setting. */
  readonly isWanted: () => boolean
  /** Tells what went wrong. */
  readonly guard: <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>
  readonly now?: () => number
}

/** Milliseconds: one that ends sooner twice in a row is not started again and again. */
const HELD = 5_000

/** Listens until it is disposed of. After a failure nothing is started any more but by the user. */
export function startByItself({ hosts, starting, local, isWanted, guard, now = () => performance.now() }: StartByItselfParts): Disposable {
  let isStarted = false
  let endedSoon = 0
  let readySince: number | undefined
  return hosts.onDidChangeState((host) => {
    if (host.kind !== 'local') return
    if (host.state.kind === 'ready') readySince = now()
    if (host.state.kind !== 'stopped' || starting.isOn) return
    const held = readySince === undefined ? undefined : now() - readySince
    readySince = undefined
    if (isStarted && held === undefined) return
    endedSoon = held === undefined || held > HELD ? 0 : endedSoon + 1
    if (endedSoon > 1) return
    if (!local.asksNothing || local.impossible !== undefined || !isWanted()) return
    isStarted = true
    void guard('start Pocker', () => starting.start())
  })
}
