/** How long something has gone on, as an engine says it, in the few letters that a row has room for. */
import * as l10n from '@vscode/l10n'

/** Of Docker's `Up 2 hours (healthy)` or `Exited (3) About an hour ago`: `2 h`. Nothing for less than a minute, or for other words. */
export function coarseTime(statusText: string): string | undefined {
  const match = /\b(about an?|\d{1,9}) (minute|hour|day|week|month|year)s?\b/i.exec(statusText)
  if (match === null) return undefined
  const [, count = '', unit = ''] = match
  const number = /^\d+$/.test(count) ? Number(count) : 1
  switch (unit.toLowerCase()) {
    case 'minute':
      return l10n.t('{0} min', number)
    case 'hour':
      return l10n.t('{0} h', number)
    case 'day':
      return l10n.t('{0} d', number)
    case 'week':
      return l10n.t('{0} wk', number)
    case 'month':
      return l10n.t('{0} mo', number)
    default:
      return l10n.t('{0} yr', number)
  }
}
