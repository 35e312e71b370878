/** "Show the isolation plan": the calls of a start, before it is done. */
import * as l10n from '@vscode/l10n'
import type { CreateRequest } from '../../helper/api/container.ts'
import type { Host } from '../hosts/host.ts'
import { isolationPage, noStepsPage } from '../isolation/isolation-page.ts'
import { plannedSteps } from '../isolation/isolation-step.ts'
import type { Page } from '../page/page.ts'
import { imageName } from '../text/image-name.ts'
import { explain } from './run-engine.ts'

/** Asks the host; where there is no plan, the page says why. */
export async function planPage(host: Host, request: CreateRequest, words: (error: unknown) => string): Promise<Page> {
  const title = l10n.t('{0}: isolation plan', imageName(request.Image ?? ''))
  try {
    const calls = await explain(host.client, request)
    return isolationPage({ title, subtitle: l10n.t('what would be done on {0}; nothing has been run', host.label) }, plannedSteps(calls))
  } catch (error) {
    return noStepsPage({ title, subtitle: l10n.t('There is no plan for this.') }, words(error))
  }
}
