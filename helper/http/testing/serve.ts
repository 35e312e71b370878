import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { peerOf } from '../../linux/peer.ts'
import type { ApiServer } from '../server.ts'
import { startServer } from '../server.ts'
import type { Script } from './fake-backend.ts'
import { fakeBackend } from './fake-backend.ts'

export interface Served {
  readonly server: ApiServer
  readonly socketPath: string
  /** What the server reported as unexpected. */
  readonly unexpected: readonly unknown[]
}

/** A server over the scripted backend on a socket in a folder of its own; both go when the test ends. */
export async function serve(context: Pick<TestContext, 'after'>, script: Script, peerUid = uidOfPeer): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'pocker-http-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const socketPath = join(folder, 'api.sock')
  const unexpected: unknown[] = []
  const server = await startServer({
    backend: fakeBackend(script),
    socketPath,
    version: '1.2.3',
    peerUid,
    onUnexpected: (error) => unexpected.push(error),
  })
  context.after(() => server.close())
  return { server, socketPath, unexpected }
}

function uidOfPeer(descriptor: number): number | undefined {
  return peerOf(descriptor)?.uid
}
