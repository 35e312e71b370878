/** Helpers that run in the background, as `pocker helper start` leaves them. */
import { existsSync, readFileSync } from 'node:fs'
import { bootstrapCommand } from '../../helper/api/bootstrap.ts'
import { type Started, startedSchema } from '../../helper/api/helper.ts'
import { eventually } from './engine.ts'
import type { Payload } from './payload.ts'
import { makeClient } from './request.ts'
import { type RunResult, run } from './run.ts'

/** Where the test's helper keeps its things, and where its programs go. */
export interface BackgroundPlace {
  readonly base: string
  readonly dataRoot: string
  readonly runRoot: string
}

const NONCE = '0123456789abcdef'

/** The words of `pocker helper start` there. */
export function startWords({ dataRoot, runRoot }: BackgroundPlace, nonce = NONCE): string[] {
  return ['helper', 'start', '--data-root', dataRoot, '--run-root', runRoot, '--nonce', nonce]
}

/** Sets the program up and starts it, by the script; `prefix` runs the whole, such as `unshare --mount`. */
export async function bootstrapHelper(
  place: BackgroundPlace,
  { source, files }: Payload,
  options: { readonly words?: readonly string[]; readonly prefix?: readonly string[] } = {},
): Promise<Started> {
  const words = [...startWords(place), ...(options.words ?? [])]
  const [command = '', ...args] = [
    ...(options.prefix ?? []),
    ...bootstrapCommand({ nonce: NONCE, source, files, words, bases: [place.base] }),
  ]
  return startedSchema.parse(answerOf(await run(command, args)))
}

/** What the line that begins with the nonce says. */
export function answerOf({ stdout, stderr }: RunResult, nonce = NONCE): unknown {
  const line = stdout.split('\n').find((text) => text.startsWith(`${nonce} `))
  if (line === undefined) throw new Error(`start the helper: no answer: ${stdout}${stderr}`)
  return JSON.parse(line.slice(nonce.length))
}

/** Removes the containers of the helper at root's socket there, ends it, and waits for its end. Nothing when none runs. */
export async function endBackground({ runRoot }: BackgroundPlace): Promise<void> {
  const socket = `${runRoot}/pocker.sock`
  if (!existsSync(socket)) return
  using client = makeClient(socket)
  const list = (await client.send('GET', '/containers/json?all=1')).body
  for (const { Id } of Array.isArray(list) ? list : []) await client.send('DELETE', `/containers/${Id}?force=1`)
  const { body } = await client.send('POST', '/pocker/leave')
  const pid = typeof body === 'object' && body !== null ? Reflect.get(body, 'pid') : undefined
  await eventually('the helper has ended', () => !isRunning(Number(pid)))
}

function isRunning(pid: number): boolean {
  try {
    // An orphan that nobody has waited for yet is a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
