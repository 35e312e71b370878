/** How soon a log of 1 GB is in the extension's window, and how soon another page of it is: all but what VS Code does with the text. */
import { socketConnect } from '../../src/client/socket-connect.ts'
import { EngineHost } from '../../src/hosts/engine-host.ts'
import { DEFAULTS } from '../../src/logs/log-options.ts'
import { LogSession } from '../../src/logs/log-session.ts'
import { sessionText } from '../../src/logs/session-text.ts'
import { bigLogLine, writeBigLog } from '../../test/support/big-log.ts'
import type { TestHelper } from '../../test/support/helper.ts'
import { ask, createContainer } from './ours.ts'
import { printTable, Samples } from './samples.ts'

const SIZE = 1 << 30
const ROUNDS = 5

export interface LogWindowFigures {
  /** Milliseconds until the last 10,000 lines are there as text: a new connection, the container's facts, its lives and the page. */
  readonly open: number
  /** Milliseconds until 5,000 lines more are. */
  readonly page: number
}

/** Writes such a log, and opens it as the extension does. */
export async function measureLogWindow(helper: TestHelper): Promise<LogWindowFigures> {
  const container = await createContainer(helper, ['/bin/true'])
  try {
    const { lines } = writeBigLog(helper, container, SIZE)
    const open = new Samples('open: the text of the last 10,000 lines')
    const page = new Samples('5,000 lines before them')
    for (let round = 0; round < ROUNDS; round++) await openAndPage({ helper, container, last: bigLogLine(lines - 1) }, { open, page })
    printTable('8. a log of 1 GB in the extension (ms)', [open, page])
    return { open: open.quantile(0.5), page: page.quantile(0.5) }
  } finally {
    await ask(helper, 'DELETE', `/containers/${container}?force=1`)
  }
}

interface Opened {
  readonly helper: TestHelper
  readonly container: string
  readonly last: string
}

async function openAndPage({ helper, container, last }: Opened, { open, page }: { open: Samples; page: Samples }): Promise<void> {
  const host = new EngineHost({
    id: 'local',
    label: 'this machine',
    kind: 'local',
    connect: socketConnect(helper.socket),
    address: `unix://${helper.socket}`,
    reuse: false,
    startsOnDemand: false,
    words: String,
  })
  const begin = performance.now()
  host.connect()
  const session = new LogSession([{ host, name: container, id: container, member: 0 }], DEFAULTS)
  const text = () => sessionText(session, { words: String, now: Date.now() }).text
  try {
    await new Promise<void>((resolve) => {
      session.onDidChange(() => {
        if (text().includes(last)) resolve()
      })
    })
    open.add(performance.now() - begin)
    session.isFollowing = false
    const before = performance.now()
    await session.showEarlier()
    text()
    page.add(performance.now() - before)
  } finally {
    session.dispose()
    host.dispose()
  }
}
