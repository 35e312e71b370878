import { request } from 'node:http'
import type { Remote } from '../../ssh/remote.ts'

/** The answer of one request to the engine of a host, parsed. */
export async function get(remote: Remote, path: string): Promise<unknown> {
  const stream = await remote.openEngine()
  return await new Promise((resolve, reject) => {
    const asking = request({ path, createConnection: () => stream }, async (response) => {
      let text = ''
      for await (const piece of response) text += String(piece)
      resolve(JSON.parse(text))
    })
    asking.once('error', reject)
    asking.end()
  })
}
