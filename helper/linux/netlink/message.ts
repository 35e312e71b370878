/** Netlink messages: a header of 16 bytes and a body. Pure. */
import { type Attribute, encodeAttributes, readAttributes, readText } from './attributes.ts'

export const HEADER_SIZE = 16

/** Flags of <linux/netlink.h>. */
export const NLM_F = { REQUEST: 1, ACK: 4, ECHO: 8, REPLACE: 0x100, EXCL: 0x200, DUMP: 0x300, CREATE: 0x400, APPEND: 0x800 } as const

/** A message to the kernel, before it has a number. */
export interface Message {
  /** What it is for, in errors: the kernel's own texts are mostly empty. */
  readonly label: string
  readonly type: number
  /** Besides REQUEST. */
  readonly flags: number
  readonly body: Uint8Array
}

/** A message of a family: its fixed header, then attributes. */
export function message(label: string, type: number, flags: number, parts: Parts): Message {
  return { label, type, flags, body: Buffer.concat([parts.header, encodeAttributes(parts.attributes)]) }
}

export interface Parts {
  /** The family's own fixed header. */
  readonly header: Uint8Array
  readonly attributes: readonly Attribute[]
}

/**
 * All messages in one buffer, numbered from `sequence`. The kernel is asked to acknowledge the last one alone: what fails it answers
 * anyway, and before that.
 */
export function encodeMessages(messages: readonly Message[], sequence: number): Uint8Array {
  return Buffer.concat(
    messages.map(({ type, flags, body }, index) => {
      const header = Buffer.alloc(HEADER_SIZE)
      const last = index === messages.length - 1 ? NLM_F.ACK : 0
      header.writeUInt32LE(HEADER_SIZE + body.length, 0)
      header.writeUInt16LE(type, 4)
      header.writeUInt16LE(flags | NLM_F.REQUEST | last, 6)
      header.writeUInt32LE(sequence + index, 8)
      return Buffer.concat([header, body, Buffer.alloc(-body.length & 3)])
    }),
  )
}

export interface Answer {
  readonly type: number
  readonly sequence: number
  readonly body: Buffer
}

export const NLMSG_ERROR = 2
export const NLMSG_DONE = 3

/** The messages in what one receive gave. A cut one ends the list. */
export function readAnswers(bytes: Uint8Array): Answer[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const answers: Answer[] = []
  let at = 0
  while (at + HEADER_SIZE <= view.length) {
    const length = view.readUInt32LE(at)
    if (length < HEADER_SIZE || at + length > view.length) break
    const body = Buffer.from(view.subarray(at + HEADER_SIZE, at + length))
    answers.push({ type: view.readUInt16LE(at + 4), sequence: view.readUInt32LE(at + 8), body })
    at += (length + 3) & ~3
  }
  return answers
}

/** NLMSGERR_ATTR_MSG, behind the header of the message that failed. */
const TEXT_ATTRIBUTE = 1

/** What an answer of type NLMSG_ERROR says: an errno (0: done) and the kernel's words, if it has any. */
export function readError({ body }: Answer): { errno: number; text: string } {
  // SO_NETLINK CAP_ACK cuts the failed message to its header, which is 16 bytes.
  const attributes = readAttributes(body.subarray(4 + HEADER_SIZE))
  return { errno: -body.readInt32LE(0), text: readText(attributes.get(TEXT_ATTRIBUTE)) }
}
