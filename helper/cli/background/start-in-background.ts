import { PockerError } from '../../api/errors.ts'
import type { HelperFacts } from '../../api/helper.ts'
import { installedProgram, type Systemd } from '../service/systemd.ts'
import { startHelper } from '../start-helper.ts'
import type { Target } from '../target.ts'
import { VERSION } from '../version.ts'
import { compareVersions, isOlder } from './is-older.ts'
import { removeOldPrograms } from './program-folders.ts'
import { askHelper, endHelper } from './running-helper.ts'

export interface BackgroundOptions {
  readonly target: Target
  /** The folder of this program. */
  readonly program: string
  readonly systemd: Systemd
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Has a helper run, of this version or a newer one: an older one makes room, and its containers go on. Where the helper is a service it
 * is the service that is started, or made to run this program. Programs that nobody runs any more are removed.
 * Errors: those of `startHelper`, `endHelper` and `installService`.
 */
export async function startInBackground(options: BackgroundOptions): Promise<HelperFacts> {
  const { target, program, systemd } = options
  const serves = () => installedProgram(systemd, target.runRoot)
  const facts = serves() === undefined ? await onDemand(options) : await asService(options)
  removeOldPrograms(program, [facts.program, serves() ?? facts.program])
  return facts
}

async function onDemand({ target, program, env }: BackgroundOptions): Promise<HelperFacts> {
  const running = await askHelper(target.socket)
  if (running !== undefined && !isOlder(running, { version: VERSION, program })) return running
  if (running !== undefined) await endHelper(target.socket)
  await startHelper(target, env)
  const facts = await askHelper(target.socket)
  if (facts !== undefined) return facts
  throw new PockerError('Unavailable', 'start the helper: it has ended again', { code: 'helper-failed' })
}

/** An administrator's service of the same version stays, wherever its program is. */
async function asService({ target, program, systemd }: BackgroundOptions): Promise<HelperFacts> {
  const { installService, startService } = await import('../service/install-service.ts')
  const facts = (await askHelper(target.socket)) ?? (await startService(systemd, target))
  return compareVersions(facts.version, VERSION) < 0 ? installService(systemd, target, program) : facts
}
