/** Microseconds, as people read them: `0.2 µs`, `188 µs`, `34.5 ms`, `1.2 s`. */
export function durationText(microseconds: number): string {
  if (microseconds < 999.5) return `${digits(microseconds)} µs`
  if (microseconds < 999_500) return `${digits(microseconds / 1000)} ms`
  return `${digits(microseconds / 1e6)} s`
}

// Three digits, and not more than one behind the point.
function digits(value: number): string {
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0)
}
