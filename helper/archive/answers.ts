/** The child's answers to the helper, at once and in order. */
import { writeSync } from 'node:fs'
import { ANSWERS } from './descriptors.ts'

/** Sends one message. It waits while the helper does not read. */
export function answer(message: Readonly<Record<string, unknown>>): void {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`)
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(ANSWERS, bytes, sent)
}

/** What the caller wants to know before the output's first byte. */
export function reportFacts(facts: unknown): void {
  answer({ facts })
}

/** How many bytes of the source have been read. */
export function reportProgress(bytes: number): void {
  answer({ progress: bytes })
}
