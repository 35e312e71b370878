/** What makes a container as a page: a plan before it runs, and a trace after. Both look alike. */
import * as l10n from '@vscode/l10n'
import type { Page, Section, Steps } from '../page/page.ts'
import { durationText } from '../text/duration.ts'
import { plainText } from '../text/plain-text.ts'
import type { IsolationStep } from './isolation-step.ts'
import { partWords, stepWords } from './step-words.ts'

export interface IsolationText {
  readonly title: string
  readonly subtitle: string
}

/** The page of some steps; with bars where they are timed. */
export function isolationPage({ title, subtitle }: IsolationText, steps: readonly IsolationStep[]): Page {
  const longest = Math.max(0, ...steps.map(({ microseconds = 0 }) => microseconds))
  const content: Steps = { kind: 'steps', steps: steps.map((step) => shownStep(step, longest)) }
  return {
    title: plainText(title),
    subtitle: plainText(subtitle),
    sections: [...sumSections(steps), { heading: l10n.t('Steps'), content }],
  }
}

/** The page where there are no steps, with the reason. */
export function noStepsPage({ title, subtitle }: IsolationText, reason: string): Page {
  return { title: plainText(title), subtitle: plainText(subtitle), sections: [{ heading: '', content: { kind: 'text', text: reason } }] }
}

function shownStep({ step, part, microseconds, calls }: IsolationStep, longest: number): Steps['steps'][number] {
  return {
    title: stepWords(step, part),
    note: partWords(part),
    ...(microseconds === undefined ? {} : { amount: durationText(microseconds), share: longest > 0 ? microseconds / longest : 0 }),
    lines: calls.map(({ call, operands }) => ({ name: plainText(call), text: plainText(operands, 2000) })),
  }
}

function sumSections(steps: readonly IsolationStep[]): Section[] {
  const columns = [l10n.t('Who'), l10n.t('Steps'), l10n.t('Calls'), l10n.t('Time')]
  const parts = (['helper', 'keeper', 'container'] as const).map((part) => ({
    name: partWords(part),
    its: steps.filter((step) => step.part === part),
  }))
  const isTimed = steps.some(({ microseconds }) => microseconds !== undefined)
  const row = (name: string, its: readonly IsolationStep[]) => [
    name,
    String(its.length),
    String(its.reduce((sum, { calls }) => sum + calls.length, 0)),
    ...(isTimed ? [durationText(its.reduce((sum, { microseconds = 0 }) => sum + microseconds, 0))] : []),
  ]
  const rows = [...parts.filter(({ its }) => its.length > 0).map(({ name, its }) => row(name, its)), row(l10n.t('In all'), steps)]
  const words = [
    l10n.t('The helper is Pocker itself. The keeper is a small process that stays: it is the container’s parent, and writes its log.'),
    l10n.t('The container’s first process isolates itself, step by step, and then becomes your program.'),
  ]
  return [
    { heading: '', content: { kind: 'words', text: words.join(' ') } },
    { heading: l10n.t('In all'), content: { kind: 'table', columns: isTimed ? columns : columns.slice(0, 3), rows, numbers: [1, 2, 3] } },
  ]
}
