/** What the flow needs, of a user who follows a script. */
import type { Host } from '../hosts/host.ts'
import type { Page } from '../page/page.ts'
import { type Script, type ScriptedAsk, scriptedAsk } from '../testing/scripted-ask.ts'
import type { RunParts } from './run-flow.ts'
import type { RunUi } from './run-ui.ts'

export interface ScriptedUi extends RunUi, ScriptedAsk {
  readonly shown: readonly Page[]
  readonly reports: readonly string[]
}

/** Answers in the order of the script; a question too much fails the test. */
export function scriptedUi(script: Script): ScriptedUi {
  const shown: Page[] = []
  const reports: string[] = []
  return {
    ...scriptedAsk(script),
    shown,
    reports,
    show: (page) => void shown.push(page),
    progress: async (_title, work) => await work({ report: (text) => reports.push(text), signal: new AbortController().signal }),
  }
}

/** What the flow needs, with a memory that is kept. */
export function runParts(ui: RunUi, host: Host, kept = new Map<string, unknown>()): RunParts {
  return {
    ui,
    hosts: () => [host],
    store: { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, JSON.parse(JSON.stringify(value))) },
    workspaceOf: () => '/home/me/shop',
    probeOf: () => async () => true,
    words: (error) => (error instanceof Error ? error.message : String(error)),
    now: () => 0,
  }
}
