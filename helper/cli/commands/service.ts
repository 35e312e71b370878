import { join } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import { ownProgram } from '../background/own-program.ts'
import { removeOldPrograms } from '../background/program-folders.ts'
import { isRootsAlone } from '../background/roots-alone.ts'
import { withHelper } from '../background/running-helper.ts'
import type { Command } from '../command.ts'
import { readUid } from '../grammar/uid.ts'
import { write } from '../io.ts'
import { control, installedProgram, requireSystemd, systemd } from '../service/systemd.ts'
import { UNIT } from '../service/unit.ts'
import type { Target } from '../target.ts'

/** `pocker service install` */
export const serviceInstall: Command = {
  usage: '[OPTIONS]',
  flags: [
    { name: 'user', kind: 'list', value: 'user', help: 'Let this user in, until revoked' },
    { name: 'placed', kind: 'switch', help: 'The program is where it is to stay', hidden: true },
  ],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ flags, target, io }) => {
    const program = prepare()
    const users = await Promise.all(flags.list('user').map(readUid))
    if (!isRootsAlone(program)) {
      // Whoever could change the program would be root after the next restart of the machine.
      if (flags.on('placed'))
        throw new PockerError('Forbidden', `install the service: others can write to ${program}`, { code: 'unsafe-program' })
      const { runFromSafeFolder } = await import('../service/from-safe-folder.ts')
      return runFromSafeFolder(program, ['service', 'install', '--placed', ...users.flatMap((uid) => ['--user', String(uid)])], target)
    }
    const { installService } = await import('../service/install-service.ts')
    const { socket } = await installService(systemd, ownTarget(target), program)
    await withHelper(socket, async (client) => {
      for (const uid of users) await client.json('POST', '/pocker/listeners', { body: { uid, until: 'revoked' } })
    })
    removeOldPrograms(program, [])
    await write(io.stdout, `Pocker is a service now: it starts with this machine, and runs ${program}/pocker\n`)
    return 0
  },
}

/** `pocker service uninstall` */
export const serviceUninstall: Command = {
  usage: '',
  flags: [],
  words: { least: 0, most: 0 },
  local: true,
  run: async ({ target, io }) => {
    prepare()
    requireInstalled(target.runRoot)
    const { uninstallService } = await import('../service/install-service.ts')
    await uninstallService(systemd)
    // Restart policies and health checks of containers that run are a helper's work.
    const { startHelper } = await import('../start-helper.ts')
    await startHelper(ownTarget(target), io.env)
    await write(io.stdout, 'Pocker is no service any more: it starts on demand, and containers that ran go on\n')
    return 0
  },
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
