import { readAnswer } from '../read-answer.ts'
import { runAsRoot } from '../run-as-root.ts'
import { StartError, startError } from '../start-error.ts'
import { failed, notApplicable, over, type Strategy } from '../strategy.ts'
import { findProgram, isGraphical, type Surroundings } from '../surroundings.ts'

/** pkexec(1): the user has dismissed the dialog. */
const DISMISSED = 126

/** What pkexec and the agent of the desktop need to find each other. */
const NEEDED = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_SESSION_ID', 'DBUS_SESSION_BUS_ADDRESS']

/** `pkexec`: the desktop asks, in a window of its own. */
export const dialog: Strategy = {
  id: 'dialog',
  attempt: async ({ surroundings, command, signal }) => {
    const program = findProgram(surroundings, 'pkexec')
    if (program === undefined) return notApplicable('there is no pkexec')
    if (!isGraphical(surroundings)) return notApplicable('there is no desktop here that could show a dialog')
    if (surroundings.noNewPrivileges) return notApplicable('pkexec has no effect in a session that may gain no rights')
    // Its own agent would ask in a terminal, which an editor has not.
    const run = await runAsRoot({ before: [program, '--disable-internal-agent'], command, env: environment(surroundings), signal })
    const answer = readAnswer(run)
    if (answer !== undefined) return answer instanceof StartError ? over(answer) : { kind: 'ready', helper: answer }
    if (run.exitCode === DISMISSED) return over(startError('dismissed'))
    // 127 is both: refused, and no agent to ask by. Only the words differ, and they are not translated.
    if (/No authentication agent|not found/i.test(run.stderr)) return notApplicable('the desktop has nothing that could show a dialog')
    return failed(startError('dialog-refused', { said: lastLine(run.stderr) }))
  },
}

function environment({ env }: Surroundings): Record<string, string> {
  const passed = NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
  return { ...Object.fromEntries(passed), PATH: '/usr/bin:/bin', LC_ALL: 'C' }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
