const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']

/** A size as Docker prints it: `21.5MB`, powers of 1000. Follows go-units HumanSizeWithPrecision. */
export function humanSize(bytes: number, digits = 4): string {
  return sized(bytes, 1000, DECIMAL, digits)
}

/** A size as Docker prints memory: `1.944GiB`, powers of 1024. Follows go-units BytesSize. */
export function humanMemory(bytes: number): string {
  return sized(bytes, 1024, BINARY, 4)
}

function sized(bytes: number, base: number, units: readonly string[], digits: number): string {
  let size = bytes
  let unit = 0
  while (size >= base && unit < units.length - 1) {
    size /= base
    unit++
  }
  return general(size, digits) + units[unit]
}

/** C's `%.*g`. */
function general(value: number, digits: number): string {
  if (value === 0) return '0'
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < digits) return String(Number(value.toPrecision(digits)))
  return `${Number(mantissa)}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** A span in words: `5 minutes`, `About an hour`. Follows go-units HumanDuration. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.trunc(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.trunc(milliseconds / 3_600_000 + 0.5)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`
  return `${Math.trunc(milliseconds / 3_600_000 / 24 / 365)} years`
}

/** How long ago a moment (seconds since 1970) was. */
export function ago(seconds: number, now: number): string {
  return `${humanDuration(now - seconds * 1000)} ago`
}
