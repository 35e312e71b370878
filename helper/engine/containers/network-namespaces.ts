/** Network namespaces made ahead: one costs half a millisecond, with a tail of six when others are just being taken down. */
import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { descriptor, Plan } from '../../container/launch/plan.ts'
import { bringUpLoopback } from '../../container/steps/join-namespaces.ts'
import { call } from '../../linux/call.ts'
import { flags, linux } from '../../linux/constants.ts'
import { SyscallError } from '../../linux/errno.ts'
import { architecture } from '../../linux/interpreter.ts'
import { link } from '../../linux/link.ts'
import { mapArena, run } from '../../linux/machine.ts'
import { Label } from '../../linux/program.ts'

const READY = 2
/** Milliseconds after one was taken: the container that took it is to be served first. */
const PAUSE = 10
const OWN = '/proc/thread-self/ns/net'

export class NetworkNamespaces {
  private readonly ready: number[] = []
  private readonly arena = mapArena(1 << 13)
  private readonly own = call('openat', [linux.AT_FDCWD, OWN, linux.O_CLOEXEC, 0], 'own network namespace')
  private timer: NodeJS.Timeout | undefined

  constructor() {
    this.refillLater()
  }

  /** A descriptor of a namespace that nobody has used, its loopback device up; the caller's to close. Undefined when none is ready. */
  take(): number | undefined {
    this.refillLater()
    return this.ready.pop()
  }

  /** As `take`, but waits for one to be made (0.5 ms). Errors: SyscallError. */
  makeOne(): number {
    const made = this.make()
    if (made === undefined) throw new SyscallError('unshare', 'network namespace', constants.errno.EPERM)
    return made
  }

  close(): void {
    clearTimeout(this.timer)
    for (const namespace of this.ready.splice(0)) closeSync(namespace)
  }

  private refillLater(): void {
    this.timer?.refresh()
    this.timer ??= setTimeout(() => this.refill(), PAUSE).unref()
  }

  private refill(): void {
    this.timer = undefined
    while (this.ready.length < READY) {
      const namespace = this.make()
      // Without one the launch makes its own, and says what is wrong.
      if (namespace === undefined) return
      this.ready.push(namespace)
    }
  }

  /** This thread goes into a new namespace, opens it, and comes home: only the thread, and only for the length of one program. */
  private make(): number | undefined {
    const plan = new Plan()
    const made = descriptor('network namespace')
    const home = descriptor('way home')
    const away = new Label('not away')
    plan.program.failure = away
    plan.call('unshare', [flags('CLONE_NEWNET')])
    bringUpLoopback(plan)
    plan.call('openat', [linux.AT_FDCWD, OWN, flags('O_CLOEXEC'), 0], { result: made })
    plan.program.label(away)
    plan.call('setns', [this.own, flags('CLONE_NEWNET')], { result: home, onError: 'continue' })
    plan.program.end()
    const linked = link(plan.program, architecture, this.arena.bytes, this.arena.address)
    run(this.arena.address)
    const view = new DataView(this.arena.bytes.buffer)
    // In a foreign network namespace the helper could only do harm.
    if (view.getInt32(linked.offsetOf(home), true) !== 0) process.abort()
    const namespace = view.getInt32(linked.offsetOf(made), true)
    return namespace >= 0 ? namespace : undefined
  }
}
