/** A session on containers of a fake engine. */
import type { TestContext } from 'node:test'
import { socketConnect } from '../../client/socket-connect.ts'
import { EngineHost } from '../../hosts/engine-host.ts'
import { type FakeEngine, fakeEngine } from '../../testing/fake-engine.ts'
import { DEFAULTS, type LogOptions } from '../log-options.ts'
import { LogSession } from '../log-session.ts'
import { Pace } from '../pace.ts'
import { sessionText } from '../session-text.ts'

export interface OpenSession {
  readonly session: LogSession
  readonly host: EngineHost
  /** The document's rows as they are. */
  rows(): string[]
  /** Resolves to the rows when they are as wanted. Errors: what is there instead, after five seconds. */
  until(check: (rows: readonly string[]) => boolean): Promise<string[]>
}

const PATIENCE = 5_000

/** Without the moments, which are of the machine's time zone. */
export function plain(rows: readonly string[]): string[] {
  return rows.map((row) => row.replaceAll(/(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d/g, 'T'))
}

export async function engineOf(t: TestContext, { isPocker = false } = {}): Promise<FakeEngine> {
  const engine = await fakeEngine(t)
  if (!isPocker) engine.version = { ApiVersion: '1.47', Version: '28', Platform: { Name: 'Docker Engine' } }
  return engine
}

/** Ends with the test. */
export function openSession(t: TestContext, engine: FakeEngine, names: readonly string[], options: Partial<LogOptions> = {}): OpenSession {
  const host = new EngineHost({
    id: 'local',
    label: 'this machine',
    kind: 'local',
    connect: socketConnect(engine.socket),
    address: `unix://${engine.socket}`,
    reuse: false,
    startsOnDemand: false,
    words: String,
  })
  const session = new LogSession(
    names.map((name, member) => ({ host, name, member })),
    { ...DEFAULTS, ...options },
    new Pace({ shortest: 20, longest: 3_000 }),
  )
  host.connect()
  t.after(() => {
    session.dispose()
    host.dispose()
  })
  const rows = () => sessionText(session, { words: String, now: Date.now() }).text.split('\n')
  return {
    session,
    host,
    rows,
    until: (check) =>
      new Promise((resolve, reject) => {
        const done = (end: () => void) => {
          clearTimeout(timer)
          listening.dispose()
          end()
        }
        const look = () => {
          const now = rows()
          if (check(now)) done(() => resolve(now))
        }
        const timer = setTimeout(() => done(() => reject(new Error(`the log is ${JSON.stringify(rows().slice(-30))}`))), PATIENCE)
        const listening = session.onDidChange(look)
        look()
      }),
  }
}
