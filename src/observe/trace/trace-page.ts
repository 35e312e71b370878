/** "Show Run Trace": how a container was made, step by step, with what each step took. */
import * as l10n from '@vscode/l10n'
import { traceSchema } from '../../../helper/api/trace.ts'
import type { ContainerRef } from '../../commands/refs.ts'
import { containerRowOf } from '../../commands/refs.ts'
import { InWords } from '../../errors/in-words.ts'
import { isolationPage, noStepsPage } from '../../isolation/isolation-page.ts'
import { tracedSteps } from '../../isolation/isolation-step.ts'
import type { Page } from '../../page/page.ts'
import { momentText } from '../../text/moment.ts'

/** Asks the host. Errors: EngineError; InWords `only-pocker`. */
export async function readTracePage(ref: ContainerRef): Promise<Page> {
  const { host, containerId } = ref
  const name = containerRowOf(ref)?.name ?? containerId.slice(0, 12)
  if (host.state.kind === 'ready' && !host.state.engine.isPocker) {
    throw new InWords(
      'only-pocker',
      l10n.t('{0} does not tell how it makes a container. Run the image on Pocker to see it.', host.state.engine.name),
    )
  }
  const trace = await host.client.ask('GET', `/pocker/containers/${encodeURIComponent(containerId)}/trace`, traceSchema)
  const steps = tracedSteps(trace)
  const title = l10n.t('{0}: run trace', name)
  const started = momentText(trace.startedAt)
  if (steps.length === 0 || started === undefined) {
    const why = l10n.t('It has not been started since Pocker itself was. Start or restart it to see how it is made.')
    return noStepsPage({ title, subtitle: l10n.t('container on {0}', host.label) }, why)
  }
  return isolationPage({ title, subtitle: l10n.t('container on {0}, started {1}', host.label, started) }, steps)
}
