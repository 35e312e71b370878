import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { Listener, Started } from '../../api/helper.ts'
import { answerStarted, NONCE_FLAG } from '../background/answer-started.ts'
import { ownProgram } from '../background/own-program.ts'
import { removeOldPrograms } from '../background/program-folders.ts'
import { isRootsAlone } from '../background/roots-alone.ts'
import { askHelper, withHelper } from '../background/running-helper.ts'
import type { Command, CommandContext } from '../command.ts'
import { readUid } from '../grammar/uid.ts'
import { answeredObject } from '../http/answers.ts'
import { type Io, write } from '../io.ts'
import { control, installedProgram, requireSystemd, systemd } from '../service/systemd.ts'
import { UNIT } from '../service/unit.ts'
import type { Target } from '../target.ts'

/** `pocker service install` */
export const serviceInstall: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'user', kind: 'list', value: 'user', help: 'Let this user in, until revoked' },
    { name: 'placed', kind: 'switch', help: 'The program is where it is to stay', hidden: true },
    NONCE_FLAG,
  ],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ flags, target, io }) => {
    const nonce = flags.text('nonce')
    if (nonce !== undefined) return await answerStarted(io, nonce, async () => await install(target, await usersOf(flags)))
    const program = prepare()
    const users = await usersOf(flags)
    if (!isRootsAlone(program) && !flags.on('placed')) {
      const { runFromSafeFolder } = await import('../service/from-safe-folder.ts')
      return runFromSafeFolder(program, ['service', 'install', '--placed', ...users.flatMap((uid) => ['--user', String(uid)])], target)
    }
    await install(target, users)
    await write(io.stdout, `Pocker is a service now: it starts with this machine, and runs ${program}/pocker\n`)
    return 0
  },
}

/** `pocker service uninstall` */
export const serviceUninstall: Command = {
  usage: '',
  flags: [NONCE_FLAG],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ flags, target, io }) => {
    const nonce = flags.text('nonce')
    if (nonce !== undefined) return await answerStarted(io, nonce, () => uninstall(target, io.env))
    await uninstall(target, io.env)
    await write(io.stdout, 'Pocker is no service any more: it starts on demand, and containers that ran go on\n')
    return 0
  },
}

async function usersOf(flags: CommandContext['flags']): Promise<number[]> {
  return await Promise.all(flags.list('user').map(readUid))
}

/** The socket is that of the first of the users. Errors: Forbidden `unsafe-program`, and those of `prepare` and `installService`. */
async function install(target: Target, users: readonly number[]): Promise<Started> {
  const program = prepare()
  // Whoever could change the program would be root after the next restart of the machine.
  if (!isRootsAlone(program))
    throw new PockerError('Forbidden', `install the service: others can write to ${program}`, { code: 'unsafe-program' })
  const { installService } = await import('../service/install-service.ts')
  const facts = await installService(systemd, ownTarget(target), program)
  const listeners = await withHelper(facts.socket, async (client) => {
    const made: Listener[] = []
    for (const uid of users)
      made.push(answeredObject<Listener>(await client.json('POST', '/pocker/listeners', { body: { uid, until: 'revoked' } })))
    return made
  })
  removeOldPrograms(program, [])
  return { version: facts.version, pid: facts.pid, program, socket: listeners[0]?.socket ?? facts.socket }
}

/** A helper on demand takes over: restart policies and health checks of containers that run are a helper's work. */
async function uninstall(target: Target, env: Io['env']): Promise<Started> {
  prepare()
  requireInstalled(target.runRoot)
  const { uninstallService } = await import('../service/install-service.ts')
  await uninstallService(systemd)
  const { startHelper } = await import('../start-helper.ts')
  const { socket } = ownTarget(target)
  await startHelper(ownTarget(target), env)
  const facts = await askHelper(socket)
  if (facts === undefined) throw new PockerError('Unavailable', 'start the helper: it has ended again', { code: 'helper-failed' })
  return { version: facts.version, pid: facts.pid, program: facts.program, socket }
}

/** `pocker service status`; exits with 3 when it does not run, as systemctl does, and with 4 when it is not installed. */
export const serviceStatus: Command = {
  usage: '',
  flags: [],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ target, io }) => {
    const program = ownProgram()
    requireSystemd(systemd, program)
    const installed = installedProgram(systemd, target.runRoot)
    if (installed === undefined) {
      await write(io.stdout, 'not installed\n')
      return 4
    }
    const told = await control(systemd, ['show', '--property=ActiveState,UnitFileState,MainPID', UNIT])
    await write(io.stdout, `${told.trim()}\nProgram=${installed}\n`)
    return /^ActiveState=active$/m.test(told) ? 0 : 3
  },
}

/** The service's socket is that of its run root, whatever engine the environment names. */
function ownTarget(target: Target): Target {
  return { ...target, socket: join(target.runRoot, 'pocker.sock') }
}

/** Errors: Forbidden `needs-root`, NotImplemented `no-systemd`. */
function prepare(): string {
  const program = ownProgram()
  requireSystemd(systemd, program)
  if (process.getuid?.() === 0) return program
  throw new PockerError('Forbidden', 'change the service: this takes root', { code: 'needs-root', hint: 'use sudo' })
}

/** Errors: NotFound `no-service`. */
function requireInstalled(runRoot: string): void {
  if (installedProgram(systemd, runRoot) !== undefined) return
  throw new PockerError('NotFound', 'remove the service: it is not installed', { code: 'no-service' })
}
