import { readAnswer } from '../read-answer.ts'
import { runAsRoot } from '../run-as-root.ts'
import { StartError } from '../start-error.ts'
import { notApplicable, over, type Strategy } from '../strategy.ts'
import { findProgram } from '../surroundings.ts'

/** `sudo -n` or `doas -n`: the user is allowed without a password, or has given it a moment ago. */
function withoutQuestion(name: 'sudo' | 'doas', words: readonly string[]): Strategy {
  return {
    id: `${name}-without-question`,
    attempt: async ({ surroundings, command, signal }) => {
      const program = findProgram(surroundings, name)
      if (program === undefined) return notApplicable(`there is no ${name}`)
      if (surroundings.noNewPrivileges) return notApplicable(`${name} has no effect in a session that may gain no rights`)
      const run = await runAsRoot({ before: [program, ...words], command, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, signal })
      const answer = readAnswer(run)
      // It has refused, whatever its reason: what it says is for another strategy to find out.
      if (answer === undefined) return notApplicable(`${name} asks for a password, or does not permit it`)
      return answer instanceof StartError ? over(answer) : { kind: 'ready', helper: answer }
    },
  }
}

export const sudoWithoutQuestion = withoutQuestion('sudo', ['-n', '--'])

/** doas reads passwords from a terminal only, so this is all that it can be used for here. */
export const doasWithoutQuestion = withoutQuestion('doas', ['-n', '--'])
