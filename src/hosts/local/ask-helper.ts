import { request } from 'node:http'
import { type HelperFacts, helperFactsSchema } from '../../../helper/api/helper.ts'

const DEADLINE = 5_000
const LONGEST = 64 * 1024

/** What the helper at this socket says of itself; undefined when nobody listens there, or may be asked. Errors: an answer that is none. */
export function askHelper(socketPath: string): Promise<HelperFacts | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<HelperFacts | undefined>()
  const asking = request({ socketPath, path: '/pocker/helper', timeout: DEADLINE, agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (piece: string) => {
      text += piece
      if (text.length > LONGEST) asking.destroy(new Error('ask the helper: its answer is too long'))
    })
    response.once('end', () => {
      try {
        resolve(helperFactsSchema.parse(JSON.parse(text)))
      } catch (cause) {
        reject(new Error(`ask the helper at ${socketPath}: its answer is none`, { cause }))
      }
    })
    response.once('error', reject)
  })
  asking.once('timeout', () => asking.destroy(new Error(`ask the helper at ${socketPath}: no answer within ${DEADLINE / 1000} s`)))
  asking.once('error', (error: NodeJS.ErrnoException) => {
    if (['ENOENT', 'ECONNREFUSED', 'EACCES', 'ENOTDIR'].includes(error.code ?? '')) resolve(undefined)
    else reject(error)
  })
  asking.end()
  return promise
}
