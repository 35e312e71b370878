/** Network namespaces of a test's own: other hosts, or the one that a helper takes for its host. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunResult, run } from './run.ts'

export interface NetworkNamespace extends AsyncDisposable {
  /** A process that lives in it, and keeps it. */
  readonly pid: number
  /** The namespace itself. */
  readonly descriptor: number
  /** What the program writes to stdout, without the last newline. Errors: when it fails. */
  run(...words: readonly string[]): Promise<string>
  /** As `run`, but a failure is a result, too. */
  try(...words: readonly string[]): Promise<RunResult>
  /** Starts a program there that is ended with the namespace. */
  start(...words: readonly string[]): ChildProcess
  /** The words that start a program in it. */
  enter(...words: readonly string[]): string[]
}

/** What is missing, as a sentence, or false. */
export function whyNoNamespaces(): string | false {
  if (process.getuid?.() !== 0) return 'not root'
  return ['/usr/sbin/ip', '/usr/sbin/nft', '/usr/bin/nsenter'].find((path) => !existsSync(path)) ?? false
}

/** Makes one, with its loopback device up. */
export async function makeNamespace(): Promise<NetworkNamespace> {
  const child = spawn('unshare', ['--net', 'sh', '-c', 'ip link set lo up && echo up && exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const pid = child.pid ?? -1
  const descriptor = openSync(`/proc/${pid}/ns/net`, 'r')
  const enter = (...words: readonly string[]) => ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...words]
  const attempt = (...words: readonly string[]) => {
    const [program = '', ...args] = enter(...words)
    return run(program, args, { timeout: 20_000 })
  }
  const started: ChildProcess[] = []
  return {
    pid,
    descriptor,
    enter,
    try: attempt,
    start(...words) {
      const [program = '', ...args] = enter(...words)
      const process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      started.push(process)
      return process
    },
    async run(...words) {
      const result = await attempt(...words)
      if (result.code !== 0) throw new Error(`run ${words.join(' ')}: ${result.stderr}${result.stdout}`)
      return result.stdout.trimEnd()
    },
    async [Symbol.asyncDispose]() {
      closeSync(descriptor)
      for (const process of [...started, child]) {
        if (process.exitCode !== null || process.signalCode !== null) continue
        const ended = once(process, 'exit')
        process.kill('SIGKILL')
        await ended
      }
    },
  }
}

/** Connects two by a cable: the device `name` in each has its address there. */
export async function connectNamespaces(
  left: { namespace: NetworkNamespace; name: string; addresses: readonly string[] },
  right: { namespace: NetworkNamespace; name: string; addresses: readonly string[] },
): Promise<void> {
  await left.namespace.run('ip', 'link', 'add', left.name, 'type', 'veth', 'peer', 'name', right.name, 'netns', String(right.namespace.pid))
  for (const { namespace, name, addresses } of [left, right]) {
    for (const address of addresses)
      await namespace.run('ip', 'addr', 'add', address, 'dev', name, ...(address.includes(':') ? ['nodad'] : []))
    await namespace.run('ip', 'link', 'set', name, 'up')
  }
}

/** The namespace that a process is in, as the kernel names it. */
export function namespaceOf(pid: number): string {
  return readlinkSync(`/proc/${pid}/ns/net`)
}

/** Waits until the device is gone from the namespace. */
export async function untilNoDevice(namespace: NetworkNamespace, pattern: RegExp): Promise<void> {
  const deadline = performance.now() + 20_000
  while (performance.now() < deadline) {
    if (!pattern.test(await namespace.run('ip', '-o', 'link'))) return
    await sleep(20)
  }
  throw new Error(`wait until ${pattern} is gone: ${await namespace.run('ip', '-o', 'link')}`)
}
