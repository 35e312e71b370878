import { readFileSync, writeFileSync } from 'node:fs'

const OOM_SCORE = '/proc/self/oom_score_adj'

/**
 * Takes this process out of the login that has started it: its control groups may be swept when the user logs out (KillUserProcesses=),
 * and a desktop marks what is in them as the first to go when memory is short. Containers inherit both.
 * `groups` are the files of the groups to join; `report` is told what did not work, which is no reason not to run.
 */
export function leaveSession(groups: readonly string[], report: (error: unknown) => void): void {
  const attempt = (file: string) => {
    try {
      writeFileSync(file, '0')
    } catch (error) {
      report(error)
    }
  }
  groups.forEach(attempt)
  if (Number(readFileSync(OOM_SCORE, 'latin1')) > 0) attempt(OOM_SCORE)
}
