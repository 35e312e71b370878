/** A netlink socket: the kernel answers each request before `send` returns, so that nothing here waits. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { call, tryCall } from '../call.ts'
import { linux } from '../constants.ts'
import { SyscallError } from '../errno.ts'
import { type Answer, encodeMessages, type Message, NLM_F, NLMSG_DONE, NLMSG_ERROR, readAnswers, readError } from './message.ts'

const SOL_NETLINK = 270
const CAP_ACK = 10
const EXT_ACK = 11
const ONE = Uint8Array.of(1, 0, 0, 0)

/** Dumps come in pieces of up to 32 KiB; acknowledgements are small, and there is one in each receive. */
const DUMP_SIZE = 1 << 15
const ACK_SIZE = 1 << 10

/** A request that the kernel refused. `operand` is the message's label, with the kernel's words behind it where it has any. */
export class NetlinkError extends SyscallError {
  constructor(label: string, errno: number, text: string) {
    super('netlink', text === '' ? label : `${label} (${text})`, errno)
  }
}

export type NetlinkProtocol = 'route' | 'netfilter'

export class NetlinkSocket implements Disposable {
  readonly #fd: number
  #sequence = 1

  /** In the network namespace that this thread is in, for good. Errors: SyscallError. */
  constructor(protocol: NetlinkProtocol) {
    const number = protocol === 'route' ? linux.NETLINK_ROUTE : linux.NETLINK_NETFILTER
    this.#fd = call('socket', [linux.AF_NETLINK, linux.SOCK_RAW | linux.SOCK_CLOEXEC, number], `netlink ${protocol}`)
    for (const option of [CAP_ACK, EXT_ACK]) call('setsockopt', [this.#fd, SOL_NETLINK, option, ONE, 4], `netlink ${protocol}`)
  }

  /**
   * Sends messages in one go and reads what comes of them: the answers that are not acknowledgements, in order.
   * rtnetlink goes on after a message that failed; a batch of nf_tables is all or nothing.
   * Errors: NetlinkError for the first that failed.
   */
  request(messages: readonly Message[]): Answer[] {
    const first = this.#send(messages)
    const last = first + messages.length - 1
    const answers: Answer[] = []
    let failure: NetlinkError | undefined
    for (;;) {
      for (const answer of this.#receive(ACK_SIZE * 8)) {
        if (answer.sequence < first || answer.sequence > last) continue
        if (answer.type !== NLMSG_ERROR) {
          answers.push(answer)
          continue
        }
        const { errno, text } = readError(answer)
        if (errno !== 0) failure ??= new NetlinkError(messages[answer.sequence - first]?.label ?? 'netlink', errno, text)
        if (answer.sequence !== last) continue
        if (failure !== undefined) throw failure
        return answers
      }
      // What the whole batch is refused for is answered once, with the number of its first message.
      if (failure !== undefined && this.#isDry()) throw failure
    }
  }

  /** All answers to a request for a list. Errors: NetlinkError. */
  dump(message: Message): Answer[] {
    const sequence = this.#send([{ ...message, flags: message.flags | NLM_F.DUMP }])
    const answers: Answer[] = []
    for (;;) {
      for (const answer of this.#receive(DUMP_SIZE)) {
        if (answer.sequence !== sequence) continue
        if (answer.type === NLMSG_DONE) return answers
        if (answer.type !== NLMSG_ERROR) {
          answers.push(answer)
          continue
        }
        const { errno, text } = readError(answer)
        if (errno !== 0) throw new NetlinkError(message.label, errno, text)
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }

  #send(messages: readonly Message[]): number {
    const sequence = this.#sequence
    this.#sequence += messages.length
    const bytes = encodeMessages(messages, sequence)
    call('sendto', [this.#fd, bytes, bytes.length, 0, 0, 0], messages[0]?.label ?? 'netlink')
    return sequence
  }

  #receive(size: number): Answer[] {
    const bytes = Buffer.alloc(size)
    const length = call('recvfrom', [this.#fd, bytes, size, linux.MSG_DONTWAIT, 0, 0], 'answer of the kernel')
    return readAnswers(bytes.subarray(0, length))
  }

  #isDry(): boolean {
    const one = Buffer.alloc(1)
    const result = tryCall('recvfrom', [this.#fd, one, 1, linux.MSG_DONTWAIT | linux.MSG_PEEK, 0, 0])
    return result === -constants.errno.EAGAIN
  }
}
