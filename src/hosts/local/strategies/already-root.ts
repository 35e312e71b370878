import { readAnswer } from '../read-answer.ts'
import { runAsRoot } from '../run-as-root.ts'
import { StartError, startError } from '../start-error.ts'
import { notApplicable, over, type Strategy } from '../strategy.ts'

/** The editor is root's: nobody needs to be asked. */
export const alreadyRoot: Strategy = {
  id: 'already-root',
  attempt: async ({ surroundings, command, signal }) => {
    if (surroundings.uid !== 0) return notApplicable('the editor does not run as root')
    const run = await runAsRoot({ before: [], command, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/root' }, signal })
    const answer = readAnswer(run)
    if (answer === undefined) return over(startError('no-answer', { said: run.stderr }))
    return answer instanceof StartError ? over(answer) : { kind: 'ready', helper: answer }
  },
}
