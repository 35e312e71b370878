import type { Finding } from '../../api/doctor.ts'
import type { Command, CommandContext } from '../command.ts'
import { formatTable, LIST_TABLE } from '../format/table.ts'
import { answeredObject } from '../http/answers.ts'
import { Client } from '../http/client.ts'
import { connectTo } from '../http/connect.ts'
import { write } from '../io.ts'
import { ownName } from '../own-name.ts'

/** `pocker doctor` */
export const doctor: Command = {
  usage: '[OPTIONS]',
  flags: [{ name: 'json', kind: 'switch', help: 'Print the findings as JSON' }],
  words: { least: 0, most: 0 },
  local: true,
  run: async (context) => {
    const { io, flags } = context
    const program = ownName(io.env.PATH)
    const findings = (await examine(context)).map((finding) => named(finding, program))
    await write(io.stdout, flags.on('json') ? `${JSON.stringify({ findings }, undefined, 2)}\n` : describe(findings))
    return findings.some(({ state }) => state === 'missing') ? 1 : 0
  },
}

/** A helper that runs can try more than an ordinary user; without one, this process looks, and tries what it may. It starts none. */
async function examine({ io, target }: CommandContext): Promise<Finding[]> {
  const { examineMachine, examineUser } = await import('../../doctor/doctor.ts')
  const options = { dataRoot: target.dataRoot, env: io.env, now: io.now() }
  const client = new Client(() => connectTo(target.socket), '')
  try {
    const { findings } = answeredObject<{ findings: Finding[] }>(await client.json('GET', '/pocker/doctor'))
    return [running(target.socket), ...findings]
  } catch (error) {
    return [stopped(target.socket, error), ...(await examineUser(options)), ...(await examineMachine(options))]
  } finally {
    client.close()
  }
}

function running(socket: string): Finding {
  return { id: 'helper', title: 'Pocker', state: 'ok', detail: `runs, and has let you in at ${socket}` }
}

/** Whatever keeps it from answering, the rest of the findings is what is wanted now. */
function stopped(socket: string, cause: unknown): Finding {
  const nobody = cause instanceof Error && 'code' in cause && ['ENOENT', 'ECONNREFUSED', 'EACCES'].includes(String(cause.code))
  const uid = process.getuid?.() ?? 0
  return {
    id: 'helper',
    title: 'Pocker',
    state: uid === 0 ? 'ok' : 'limited',
    detail: nobody ? 'It does not run, or has not let you in.' : `What listens at ${socket} does not answer as it should.`,
    ...(uid === 0
      ? { remedy: 'The first command starts it.' }
      : { remedy: 'Start it, and let yourself in.', command: `sudo pocker grant ${uid}` }),
  }
}

/** Findings call this program by its name alone, since a helper does not know where the PATH of whoever reads them leads. */
function named({ command, ...finding }: Finding, program: string): Finding {
  return command === undefined ? finding : { ...finding, command: command.replace(/^sudo pocker /, `sudo ${program} `) }
}

function describe(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ state, title, detail, remedy, command }) => [
    [state, title, detail],
    ...(remedy === undefined || state === 'ok' ? [] : [['', '', remedy]]),
    ...(command === undefined || state === 'ok' ? [] : [['', '', `$ ${command}`]]),
  ])
  return formatTable(rows, LIST_TABLE)
}
