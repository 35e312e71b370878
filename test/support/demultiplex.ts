/** Docker's stream format taken apart: output and errors as text. An incomplete last frame is left out. */
export function demultiplex(raw: Buffer): { stdout: string; stderr: string } {
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
  for (let at = 0; at + 8 <= raw.length; ) {
    const end = at + 8 + raw.readUInt32BE(at + 4)
    if (end > raw.length) break
    parts[raw[at] === 2 ? 'stderr' : 'stdout'].push(raw.subarray(at + 8, end))
    at = end
  }
  return { stdout: Buffer.concat(parts.stdout).toString(), stderr: Buffer.concat(parts.stderr).toString() }
}
