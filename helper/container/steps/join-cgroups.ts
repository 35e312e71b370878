import type { Plan } from '../launch/plan.ts'

/**
 * Moves the process into its cgroups, before the cgroup namespace is made, whose root they become. On version 1 the `tasks`
 * file moves this one thread without the lock over thread groups (25 µs instead of up to 155).
 */
export function joinCgroups(plan: Plan, files: readonly string[]): void {
  plan.step('joinCgroups')
  for (const file of files) plan.writeFile(file, '0')
}
