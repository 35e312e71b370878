import type { Started } from './run-flow.ts'

/** What somebody who has just started a container wants to see of it. */
export type AfterStart = 'terminal' | 'log' | 'nothing'

/** A shell: its terminal. A service: nothing, its row says where it listens. A program that does its work and ends: what it says. */
export function afterStart({ answers, facts }: Pick<Started, 'answers' | 'facts'>): AfterStart {
  if (answers.terminal) return 'terminal'
  return answers.ports.length > 0 || facts.ports.length > 0 ? 'nothing' : 'log'
}
