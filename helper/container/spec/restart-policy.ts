import type { RestartPolicy } from '../../api/host-config.ts'
import { invalid } from './refuse.ts'

/** Errors: `maximum-retry-count`. The names themselves are checked where the request is parsed. */
export function checkRestartPolicy({ Name = '', MaximumRetryCount = 0 }: RestartPolicy): void {
  if (MaximumRetryCount < 0) throw invalid('maximum-retry-count', 'set restart policy: the maximum retry count cannot be negative')
  if (MaximumRetryCount > 0 && Name !== 'on-failure') {
    throw invalid('maximum-retry-count', `set restart policy: a maximum retry count goes with 'on-failure' only, not with '${Name}'`)
  }
}

/** Whether the policy ever starts the container again. */
export function restarts({ Name = '' }: RestartPolicy): boolean {
  return Name !== '' && Name !== 'no'
}
