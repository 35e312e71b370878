import { PockerError } from '../../api/errors.ts'
import { harmless } from '../failure.ts'

/** What came from the container is not what an honest engine sends. */
export function badEntry(path: string, why: string): PockerError {
  return new PockerError('InvalidParameter', `copy from container: entry "${showName(path)}" ${why}`, { code: 'bad-archive' })
}

/** A byte string as text for people. */
export function showName(path: string): string {
  return harmless(Buffer.from(path.slice(0, 400), 'latin1').toString('utf8')).replace(/[\t\n]/g, '\ufffd')
}
