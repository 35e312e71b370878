import { invalid } from './invalid.ts'
import { parseInteger } from './number.ts'

export interface RestartPolicy {
  readonly Name: '' | 'no' | 'always' | 'unless-stopped' | 'on-failure'
  readonly MaximumRetryCount: number
}

/** `no`, `always`, `unless-stopped`, `on-failure[:retries]`. Errors: `invalid-restart-policy`. */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name = '', retries, ...rest] = text.split(':')
  if (rest.length > 0) throw invalid('invalid-restart-policy', `invalid restart policy format: ${text}`)
  const MaximumRetryCount = retries === undefined || retries === '' ? 0 : parseInteger(retries)
  switch (name) {
    case '':
    case 'no':
    case 'always':
    case 'unless-stopped':
      if (MaximumRetryCount === 0) return { Name: name, MaximumRetryCount }
      throw invalid('invalid-restart-policy', `maximum retry count cannot be used with restart policy '${name}'`)
    case 'on-failure':
      return { Name: name, MaximumRetryCount }
    default:
      throw invalid('invalid-restart-policy', `unknown restart policy '${name}': use one of no, always, on-failure or unless-stopped`)
  }
}
