/** The one door that every command goes through: what fails behind it is logged and said in words, once. */
import type { Disposable } from 'vscode'
import { isAborted } from '../client/engine-problem.ts'
import type { Acts } from './acts.ts'
import type { CommandId } from './ids.ts'

/** `item` is what the menu was opened on, or what the caller gave; `selected` all that is selected with it. */
export type Handler = (item?: unknown, selected?: unknown) => unknown

export interface Door {
  register(id: CommandId, handler: Handler): Disposable
  /** For work that no command began: an error of it is told in the same way. */
  guard<T>(what: string, work: () => Promise<T>): Promise<T | undefined>
}

export interface DoorParts {
  /** What a command does is an act of the user's. */
  readonly acts: Acts
  readonly registerCommand: (id: string, handler: Handler) => Disposable
  readonly log: { debug(message: string): void; error(message: string | Error, ...more: unknown[]): void }
  /** Tells the user; resolves when the message has been answered or has gone. */
  readonly present: (error: unknown) => Promise<void>
}

/** Makes the door. */
export function createDoor({ acts, registerCommand, log, present }: DoorParts): Door {
  const guard = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    const began = performance.now()
    try {
      const result = await work()
      log.debug(`${what}: ${(performance.now() - began).toFixed(0)} ms`)
      return result
    } catch (error) {
      if (isAborted(error)) {
        log.debug(`${what}: cancelled`)
        return undefined
      }
      log.error(error instanceof Error ? error : String(error), what)
      // Not awaited: a message stays until somebody closes it, and the command is over.
      void present(error)
      return undefined
    }
  }
  return {
    guard,
    register: (id, handler) =>
      registerCommand(id, (item, selected) => guard(id, () => acts.run(async () => await handler(item, selected)))),
  }
}

/** Registers commands whose code is read when one of them is first run. */
export function registerLater<Id extends CommandId>(
  door: Door,
  ids: readonly Id[],
  load: () => Promise<Readonly<Record<Id, Handler>>>,
): Disposable[] {
  return ids.map((id) => door.register(id, async (item, selected) => (await load())[id](item, selected)))
}
