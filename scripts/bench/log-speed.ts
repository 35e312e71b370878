import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestHelper } from '../../test/support/helper.ts'
import { pidOf } from './memory.ts'
import { ask, createContainer } from './ours.ts'

/** Megabytes a second that a container writes to its log while the helper is stopped, so that nothing but its keeper can take part. */
export async function measureLogSpeed(helper: TestHelper, megabytes: number): Promise<number> {
  // The container waits for a file before it writes, so that the helper can be stopped first.
  const script = `while [ ! -e /go ]; do usleep 1000; done; exec /bin/probe write-bytes ${megabytes * 1_000_000}`
  const id = await createContainer(helper, ['/bin/sh', '-c', script])
  await ask(helper, 'POST', `/containers/${id}/start`)
  const pid = await pidOf(helper, id)
  process.kill(helper.pid(), 'SIGSTOP')
  try {
    writeFileSync(`/proc/${pid}/root/go`, '')
    const begin = performance.now()
    while (existsSync(`/proc/${pid}/root/go`)) await sleep(2)
    return megabytes / ((performance.now() - begin) / 1000)
  } finally {
    process.kill(helper.pid(), 'SIGCONT')
    await ask(helper, 'DELETE', `/containers/${id}?force=1`)
  }
}
