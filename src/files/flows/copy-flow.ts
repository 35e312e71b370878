/** Copying with everything the user has to do with it: one question for all conflicts, progress, and an account of what did not go. */
import * as l10n from '@vscode/l10n'
import { InWords } from '../../errors/in-words.ts'
import { sentenceOf } from '../../errors/words.ts'
import { sizeText } from '../../text/size.ts'
import { shownName } from '../shown-name.ts'
import { type Decision, type LeftOut, type Plan, planTransfer } from '../transfer/plan.ts'
import { type Outcome, type Progress, runSteps } from '../transfer/run-steps.ts'
import type { SourceEntry } from '../transfer/source.ts'
import { type Steps, stepsOf } from '../transfer/steps.ts'
import type { Target } from '../transfer/target.ts'
import type { FilesUi } from './files-ui.ts'

export interface CopyFlow {
  readonly ui: FilesUi
  /** Names the act: `Upload to web: /etc`. */
  readonly title: string
  /** Made when the work is shown: they are looked at first. */
  readonly sources: () => Promise<readonly SourceEntry[]>
  readonly target: Target
  readonly folder: string
}

/** How many files have been copied; nothing when the user left. Errors: InWords `some-not-copied` when the others were; those of `runSteps`. */
export async function copyFlow({ ui, title, sources, target, folder }: CopyFlow): Promise<number | undefined> {
  const done = await ui.progress(title, async ({ signal, report }) => {
    report(l10n.t('looking at what there is …'))
    const transfer = { sources: await sources(), target, folder, signal }
    const plan = await planTransfer(transfer)
    const decision = plan.conflicts === 0 ? 'skip' : await decide(ui, title, plan)
    if (decision === undefined) return undefined
    const steps = stepsOf(plan, { target, folder, decision })
    const outcome = await runSteps(steps, {
      target,
      signal,
      report: (progress) => report(progressText(progress, steps), percentOf(progress, steps)),
    })
    return { plan, steps, outcome }
  })
  if (done === undefined) return undefined
  const remarks = remarksOf(done.plan, done.steps)
  if (remarks.length > 0) ui.tell(remarks.join(' '))
  failIfAny(done.outcome)
  return done.steps.files.length
}

async function decide(ui: FilesUi, title: string, { conflicts, examples: [example = ''] }: Plan): Promise<Decision | undefined> {
  const shown = shownName(example, 80)
  const placeholder =
    conflicts === 1 ? l10n.t('“{0}” is there already.', shown) : l10n.t('{0} files are there already, such as “{1}”.', conflicts, shown)
  const rows = [
    { id: 'replace', icon: 'replace-all', label: l10n.t('Replace'), description: l10n.t('what is there now is lost') },
    { id: 'both', icon: 'files', label: l10n.t('Keep both'), description: l10n.t('under a name of its own') },
    { id: 'skip', icon: 'debug-step-over', label: l10n.t('Skip'), description: l10n.t('leave what is there') },
  ]
  const answer = await ui.pick({ title, placeholder, rows })
  if (answer.kind !== 'picked') return undefined
  return answer.id === 'replace' || answer.id === 'both' ? answer.id : 'skip'
}

function progressText({ files, bytes }: Progress, steps: Steps): string {
  const all = steps.folders.length + steps.files.length + steps.links.length
  return l10n.t('{0} of {1} · {2} of {3}', files, all, sizeText(bytes), sizeText(steps.bytes))
}

function percentOf({ bytes }: Progress, steps: Steps): number {
  return steps.bytes === 0 ? 0 : Math.min(100, (100 * bytes) / steps.bytes)
}

function remarksOf({ leftOut, renamed }: Plan, { refused }: Steps): readonly string[] {
  const of = (...reasons: LeftOut['why'][]) => leftOut.filter(({ why }) => reasons.includes(why))
  const remarks: string[] = []
  const add = (paths: readonly { readonly path: string }[], text: (count: number, example: string) => string) => {
    const [first] = paths
    if (first !== undefined) remarks.push(text(paths.length, shownName(first.path, 80)))
  }
  add(of('special'), (count, example) => l10n.t('Left out: {0} devices, pipes or sockets, such as “{1}”.', count, example))
  add(of('link'), (count, example) => l10n.t('Left out: {0} links, such as “{1}”.', count, example))
  add(of('name'), (count, example) => l10n.t('Left out: {0} whose names cannot be used there, such as “{1}”.', count, example))
  add(of('cut'), (_count, example) => l10n.t('The folder “{0}” has more files than are listed: the rest was left out.', example))
  add(
    refused.map((path) => ({ path })),
    (count, example) => l10n.t('Left as they are: {0} where a file and a folder have the same name, such as “{1}”.', count, example),
  )
  if (renamed > 0) remarks.push(l10n.t('Copied under another name, which can be used there: {0}.', renamed))
  return remarks
}

function failIfAny({ done, failed }: Outcome): void {
  const [first] = failed
  if (first === undefined) return
  if (failed.length === 1 && done === 0) throw first.error
  const sentence = l10n.t('{0} could not be copied, such as “{1}”: {2}', failed.length, shownName(first.path, 120), sentenceOf(first.error))
  throw new InWords('some-not-copied', sentence, { cause: first.error })
}
