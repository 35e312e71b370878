/**
 * The expressions that rules of nf_tables are made of. Numbers are big-endian, but what is compared with meta, ct and fib values,
 * which are in the processor's order.
 */
import { type Attribute, attribute, be32, nested, text, u32 } from './attributes.ts'

export interface Expression {
  readonly name: string
  readonly data: readonly Attribute[]
}

/** A register: 1 to 4 are of 16 bytes; 8 to 23 are the same memory in words of four. */
export type Register = number

const OP = { equal: 0, notEqual: 1 } as const
const VERDICT = { drop: 0, accept: 1 } as const
const META = { mark: 3, inputDevice: 6, outputDevice: 7, family: 15, protocol: 16 } as const
const CT = { state: 0, status: 2 } as const
const STATE = { established: 2, related: 4 } as const
const STATUS_DNAT = 0x20
const FIB_ADDRTYPE = 3
const FIB_DADDR = 2
const RTN_LOCAL = 2
const IFNAMSIZ = 16

/** Loads something of the packet's circumstances. */
export function meta(key: keyof typeof META, register: Register = 1): Expression {
  return { name: 'meta', data: [attribute(1, be32(register)), attribute(2, be32(META[key]))] }
}

/** Loads bytes of the packet: from the network header or the one behind it. */
export function payload(base: 'network' | 'transport', offset: number, length: number, register: Register = 1): Expression {
  return {
    name: 'payload',
    data: [
      attribute(1, be32(register)),
      attribute(2, be32(base === 'network' ? 1 : 2)),
      attribute(3, be32(offset)),
      attribute(4, be32(length)),
    ],
  }
}

/** Goes on only if the register holds the value, or does not. */
export function compare(how: keyof typeof OP, value: Uint8Array, register: Register = 1): Expression {
  return { name: 'cmp', data: [attribute(1, be32(register)), attribute(2, be32(OP[how])), nested(3, attribute(1, value))] }
}

/** Keeps the bits of a mask. */
export function mask(bits: Uint8Array, register: Register = 1): Expression {
  return {
    name: 'bitwise',
    data: [
      attribute(1, be32(register)),
      attribute(2, be32(register)),
      attribute(3, be32(bits.length)),
      nested(4, attribute(1, bits)),
      nested(5, attribute(1, new Uint8Array(bits.length))),
    ],
  }
}

/** Goes on only if the set has the register's value; of a map it loads the value's data. */
export function lookup(set: string, from: Register = 1, to?: Register): Expression {
  return {
    name: 'lookup',
    data: [attribute(1, text(set)), attribute(2, be32(from)), ...(to === undefined ? [] : [attribute(3, be32(to))])],
  }
}

/** Goes on only if the set does not have the register's value. */
export function notIn(set: string, from: Register = 1): Expression {
  return { name: 'lookup', data: [attribute(1, text(set)), attribute(2, be32(from)), attribute(5, be32(1))] }
}

/** Decides about the packet. */
export function verdict(what: keyof typeof VERDICT): Expression {
  return { name: 'immediate', data: [attribute(1, be32(0)), nested(2, nested(2, attribute(1, be32(VERDICT[what]))))] }
}

/** Loads a constant. */
export function immediate(value: Uint8Array, register: Register = 1): Expression {
  return { name: 'immediate', data: [attribute(1, be32(register)), nested(2, attribute(1, value))] }
}

/** Sends the connection elsewhere: the address and the port in the registers. */
export function destinationNat(family: number, registers: { address?: Register; port: Register }): Expression {
  const { address, port } = registers
  return {
    name: 'nat',
    data: [
      attribute(1, be32(1)),
      attribute(2, be32(family)),
      ...(address === undefined ? [] : [attribute(3, be32(address))]),
      attribute(5, be32(port)),
    ],
  }
}

/** The connection seems to come from the device that it leaves by. */
export function masquerade(): Expression {
  return { name: 'masq', data: [] }
}

/** Only packets to an address of this host's own. */
export function toThisHost(): Expression[] {
  return [
    { name: 'fib', data: [attribute(1, be32(1)), attribute(2, be32(FIB_ADDRTYPE)), attribute(3, be32(FIB_DADDR))] },
    compare('equal', u32(RTN_LOCAL)),
  ]
}

/** Only packets of connections that are known. */
export function isEstablished(): Expression[] {
  return connectionHas('state', STATE.established | STATE.related)
}

/** Only packets of connections that were sent elsewhere: to a published port. */
export function isPublished(): Expression[] {
  return connectionHas('status', STATUS_DNAT)
}

function connectionHas(key: keyof typeof CT, bits: number): Expression[] {
  return [{ name: 'ct', data: [attribute(1, be32(1)), attribute(2, be32(CT[key]))] }, mask(u32(bits)), compare('notEqual', u32(0))]
}

/** Only packets that come in, or go out, by a device of this name. */
export function device(direction: 'inputDevice' | 'outputDevice', how: keyof typeof OP, name: string): Expression[] {
  return [meta(direction), compare(how, deviceName(name))]
}

/** A device's name as registers and sets hold it. */
export function deviceName(name: string): Uint8Array {
  const bytes = new Uint8Array(IFNAMSIZ)
  bytes.set(Buffer.from(name, 'utf8').subarray(0, IFNAMSIZ - 1))
  return bytes
}
