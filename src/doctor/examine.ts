/** Findings of a machine, from whoever knows most of it. */
import * as l10n from '@vscode/l10n'
import { doctorSchema, type Finding } from '../../helper/api/doctor.ts'
import { InWords } from '../errors/in-words.ts'
import type { Host } from '../hosts/host.ts'
import { startError } from '../hosts/local/start-error.ts'
import { inEditor } from './in-editor.ts'

/** Milliseconds: it tries a dozen things for real. */
const PATIENCE = 60_000

/**
 * Of this machine the program that the extension brings along says it, as the user: it asks a helper that runs. Of other hosts, and where
 * there is no program (`runLocal` is absent), the helper itself. Errors: EngineError, StartError, InWords `only-pocker`.
 */
export async function examineHost(host: Host | undefined, runLocal: (() => Promise<Finding[]>) | undefined): Promise<readonly Finding[]> {
  const isHere = host === undefined || host.kind === 'local'
  if (isHere && runLocal !== undefined) return (await runLocal()).map(inEditor)
  if (host === undefined) throw startError('no-program')
  if (host.state.kind === 'ready' && !host.state.engine.isPocker)
    throw new InWords('only-pocker', l10n.t('The doctor looks at machines with Pocker; {0} has no such thing.', host.state.engine.name))
  const { findings } = await host.client.ask('GET', '/pocker/doctor', doctorSchema, { timeout: PATIENCE })
  return findings
}
