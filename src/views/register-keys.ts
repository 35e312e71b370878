/** Keys in the trees. `package.json` binds each to a list of commands, between which `pocker.views.key` finds out what the key is for. */
import * as vscode from 'vscode'
import { z } from 'zod'
import type { Door } from '../commands/door.ts'
import type { Clicks } from './clicks.ts'
import { type KeyTarget, keyCommand, keyTarget } from './key-target.ts'

export interface RegisterKeysParts {
  readonly door: Door
  readonly clicks: Clicks
  /** By the ids of `contributes.views`. */
  readonly views: ReadonlyMap<string, Pick<vscode.TreeView<unknown>, 'selection'>>
}

const stepSchema = z.union([
  z.object({ view: z.string(), step: z.enum(['before', 'after']) }),
  z.object({ view: z.string(), run: z.string().startsWith('pocker.') }),
  z.object({ step: z.literal('enter') }),
])

/** Registers the command. */
export function registerKeys(context: vscode.ExtensionContext, { door, clicks, views }: RegisterKeysParts): void {
  let before: readonly unknown[] = []
  let target: KeyTarget<unknown> | undefined
  context.subscriptions.push(
    door.register('pocker.views.key', (argument) => {
      const { success, data } = stepSchema.safeParse(argument)
      if (!success) return
      if ('run' in data) {
        // Not awaited: the next key is not to wait until a question has been answered.
        const run = target === undefined ? undefined : keyCommand(target.item, data.run)
        if (target !== undefined && run !== undefined) void vscode.commands.executeCommand(run, target.item, target.selected)
        target = undefined
        return
      }
      if (data.step === 'enter') return clicks.enter()
      const selection = views.get(data.view)?.selection ?? []
      if (data.step === 'before') before = selection
      else target = keyTarget(before, selection)
    }),
  )
}
