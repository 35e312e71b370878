import type { HelperFacts } from '../../api/helper.ts'
import { askHelper, endHelper } from '../background/running-helper.ts'
import { untilAnswering } from '../background/until-answering.ts'
import type { Target } from '../target.ts'
import { control, type Systemd } from './systemd.ts'
import { UNIT, unitText } from './unit.ts'

/**
 * Makes the helper a service that runs the program in the folder `program`, or another program than before, and starts it; a helper that
 * was started on demand makes room, and its containers go on. A first installation that fails leaves nothing.
 * Errors: Unavailable `systemctl-failed`, `service-silent`, `helper-stays`.
 */
export async function installService(system: Systemd, target: Target, program: string): Promise<HelperFacts> {
  const before = system.readUnit()
  try {
    system.writeUnit(unitText({ program, dataRoot: target.dataRoot, runRoot: target.runRoot }))
    await control(system, ['daemon-reload'])
    await control(system, ['enable', UNIT])
    return await restartService(system, target)
  } catch (error) {
    if (before === undefined) await uninstall(system)
    throw error
  }
}

/** Starts the installed service, or waits for it where it is just starting. Errors: as of `installService`. */
export async function startService(system: Systemd, target: Target): Promise<HelperFacts> {
  await control(system, ['start', UNIT])
  return untilServing(system, target)
}

async function restartService(system: Systemd, target: Target): Promise<HelperFacts> {
  const running = await askHelper(target.socket)
  // The service's own helper ends with the restart; two at once could not have the data.
  if (running !== undefined && running.pid !== (await mainProcess(system))) await endHelper(target.socket)
  await control(system, ['restart', UNIT])
  return untilServing(system, target)
}

function untilServing(system: Systemd, target: Target): Promise<HelperFacts> {
  return untilAnswering(target.socket, {
    code: 'service-silent',
    ended: async () => (await isFailed(system)) && 'the service has ended',
    hint: 'journalctl --unit pocker shows why',
  })
}

/** Ends the service and removes it. Containers go on. Errors: Unavailable `systemctl-failed`. */
export async function uninstallService(system: Systemd): Promise<void> {
  await control(system, ['disable', '--now', UNIT])
  system.removeUnit()
  await control(system, ['daemon-reload'])
  // Of a service that has failed, systemd would remember the name.
  await system.control(['reset-failed', UNIT])
}

async function uninstall(system: Systemd): Promise<void> {
  await system.control(['disable', '--now', UNIT])
  system.removeUnit()
  await system.control(['daemon-reload'])
  await system.control(['reset-failed', UNIT])
}

/** The process number of the service's helper; 0 when it does not run. */
async function mainProcess(system: Systemd): Promise<number> {
  return Number((await control(system, ['show', '--property=MainPID', '--value', UNIT])).trim())
}

async function isFailed(system: Systemd): Promise<boolean> {
  return (await control(system, ['show', '--property=ActiveState', '--value', UNIT])).trim() === 'failed'
}
