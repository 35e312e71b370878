/** The doctor of the program that the extension brings along, run as the user: it asks a helper that runs, and looks by itself otherwise. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { doctorSchema, type Finding } from '../../../helper/api/doctor.ts'
import { plainText } from '../../text/plain-text.ts'
import { startError } from './start-error.ts'

const DEADLINE = 30_000

/** The findings, their texts harmless. Starts no helper. Errors: StartError `program-cannot-run`, `start-timed-out`. */
export function runDoctor(programFolder: string, env: Readonly<Record<string, string | undefined>> = process.env): Promise<Finding[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Finding[]>()
  const options = {
    env: { ...env, DOCKER_HOST: undefined },
    cwd: '/',
    timeout: DEADLINE,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 20,
  } as const
  execFile(join(programFolder, 'pocker'), ['doctor', '--json'], options, (error, stdout, stderr) => {
    if (error?.killed) return reject(startError('start-timed-out', { cause: error }))
    try {
      // It exits with 1 when something is missing, and has said what.
      resolve(doctorSchema.parse(JSON.parse(stdout)).findings.map(harmless))
    } catch (cause) {
      reject(startError('program-cannot-run', { said: stderr.trim().split('\n').at(-1) ?? '', cause }))
    }
  })
  return promise
}

/** A command is copied as it is, so one with anything in it that is not seen is left out. */
function harmless({ command, remedy, ...finding }: Finding): Finding {
  return {
    ...finding,
    title: plainText(finding.title),
    detail: plainText(finding.detail, 1000),
    ...(remedy === undefined ? {} : { remedy: plainText(remedy, 1000) }),
    ...(command === undefined || /[\p{Cc}\p{Cf}]/u.test(command) ? {} : { command }),
  }
}
