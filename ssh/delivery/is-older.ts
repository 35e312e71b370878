/** Whether the helper that runs there is of an earlier version than the program here, and may make room without anybody being asked. */
import { Agent, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { helperFactsSchema } from '../../helper/api/helper.ts'
import type { SshConnection } from '../connection/ssh-connection.ts'
import type { Probe } from './probe.ts'
import { runScript } from './run-script.ts'

/** By the numbers of the versions; what is none is not older. */
export function isLower(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})/.exec(text)?.slice(1).map(Number))
  if (left === undefined || right === undefined) return false
  for (const [index, number] of left.entries()) if (number !== right[index]) return number < (right[index] ?? 0)
  return false
}

const PATIENCE = 10_000
const LONGEST = 64 * 1024

/** What the helper at the other end of the stream says it is. Errors: no answer, or one that is none. */
export function helperVersion(stream: Duplex): Promise<string> {
  // An agent of its own: an editor sends all other requests by its own way to the network, whatever connection they name.
  const agent = new Agent()
  agent.createConnection = (_options, callback) => {
    callback?.(null, stream)
    return undefined
  }
  return new Promise((resolve, reject) => {
    const asking = request({ path: '/pocker/helper', headers: { Host: 'pocker' }, agent, timeout: PATIENCE }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
        if (text.length > LONGEST) asking.destroy(new Error('ask the helper: its answer is too long'))
      })
      response.once('error', reject)
      response.once('end', () => {
        stream.destroy()
        try {
          resolve(helperFactsSchema.parse(JSON.parse(text)).version)
        } catch (error) {
          reject(error)
        }
      })
    })
    asking.once('timeout', () => asking.destroy(new Error('ask the helper: no answer')))
    asking.once('error', reject)
    asking.end()
  })
}

/** Whether root is to be had without a password. It is tried only for this, for each refusal is written into that machine's log. */
export async function isRootFree(connection: SshConnection, { uid, ways }: Probe): Promise<boolean> {
  if (uid === 0) return true
  if (!ways.includes('sudo')) return false
  const [answer] = await runScript(connection, { text: 'if sudo -n -- /bin/true 2>/dev/null; then say yes; else say no; fi\n', words: {} })
  return answer === 'yes'
}
