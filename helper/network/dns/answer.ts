/** From a query to its answer: by names of containers first, then by the servers outside. */

import { isIPv6 } from 'node:net'
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
} from 'dns-packet'
import type { NameSource } from './names.ts'

/** Seconds: a container that is restarted may have another address. Docker's number. */
const TTL = 600
const RCODE = { formatError: 1, serverFailure: 2, refused: 5 } as const
const HEADER = 12

/** Asks the servers outside. Rejects when none has answered. */
export type Forward = (query: Uint8Array, servers: readonly string[]) => Promise<Uint8Array>

/**
 * The answer to one query, or undefined for what is none. Never rejects: what goes wrong is the answer.
 * A name that a container has is never asked for outside, whatever type of record is wanted.
 */
export async function answerQuery(query: Uint8Array, names: NameSource, forward: Forward): Promise<Uint8Array | undefined> {
  if (query.length < HEADER || (query[2] ?? 0) & 0x80) return undefined
  const packet = read(query)
  const [question] = packet?.questions ?? []
  if (packet === undefined || question === undefined) return failure(query, RCODE.formatError)
  const own = ownAnswers(question, names)
  if (own !== undefined) return reply(packet, question, own)
  if (!names.forwards) return failure(query, RCODE.serverFailure)
  const servers = names.servers()
  if (servers.length === 0) return failure(query, RCODE.refused)
  try {
    return await forward(query, servers)
  } catch {
    // No server has answered in time: that is what the one who asks is told.
    return failure(query, RCODE.serverFailure)
  }
}

/** Undefined: it is not ours to answer. An empty list: the name is ours, and has no such record. */
function ownAnswers(question: Question, names: NameSource): Answer[] | undefined {
  const name = question.name.toLowerCase().replace(/\.$/, '')
  if (question.type === 'PTR') {
    const address = addressOfPointer(name)
    const found = address === undefined ? undefined : names.nameOf(address)
    return found === undefined ? undefined : [{ type: 'PTR', name: question.name, ttl: TTL, data: found }]
  }
  const addresses = names.lookUp(name)
  if (addresses === undefined) return undefined
  return addresses
    .filter((address) => (isIPv6(address) ? 'AAAA' : 'A') === question.type)
    .map((address) => ({ type: isIPv6(address) ? 'AAAA' : 'A', name: question.name, ttl: TTL, data: address }))
}

function reply(packet: Packet, question: Question, answers: Answer[]): Uint8Array {
  const flags = AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | ((packet.flags ?? 0) & RECURSION_DESIRED)
  return encode({ type: 'response', id: packet.id ?? 0, flags, questions: [question], answers })
}

/** The query's own header and question, with the reason: nothing of it needs to be understood. */
function failure(query: Uint8Array, code: number): Uint8Array {
  const answer = Buffer.from(query.subarray(0, questionEnd(query)))
  answer[2] = 0x80 | ((answer[2] ?? 0) & 0x79)
  answer[3] = 0x80 | code
  answer.fill(0, 6, HEADER)
  answer.writeUInt16BE(answer.length > HEADER ? 1 : 0, 4)
  return answer
}

function questionEnd(query: Uint8Array): number {
  let at = HEADER
  while (at < query.length && query[at] !== 0) {
    const length = query[at] ?? 0
    if (length > 63) return HEADER
    at += length + 1
  }
  return at + 5 <= query.length ? at + 5 : HEADER
}

/** `4.3.2.10.in-addr.arpa`, or nibbles of `ip6.arpa`. */
function addressOfPointer(name: string): string | undefined {
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name)
  if (four !== null) return four.slice(1).reverse().join('.')
  const six = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1]
  if (six === undefined) return undefined
  const digits = six.split('.').reverse().join('')
  return digits.replace(/(.{4})(?!$)/g, '$1:')
}

function read(query: Uint8Array): Packet | undefined {
  try {
    return decode(Buffer.from(query))
  } catch {
    // Not a DNS message.
    return undefined
  }
}
