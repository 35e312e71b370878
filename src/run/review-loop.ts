/** "Ready to run": the review list, until it is run or left. */
import * as l10n from '@vscode/l10n'
import type { CreateRequest } from '../../helper/api/container.ts'
import type { Host } from '../hosts/host.ts'
import type { RunAnswers } from './answers.ts'
import { createRequest } from './create-request.ts'
import { dockerCommand } from './docker-command.ts'
import { editCommand, editEnvironment, editLimits, editName, editNetwork, editPorts, editRestart, toggleWorkspace } from './edit-answers.ts'
import { editMore } from './edit-more.ts'
import type { ImageFacts } from './image-facts.ts'
import { planPage } from './plan-page.ts'
import type { Surroundings } from './prefill.ts'
import type { Review } from './review-rows.ts'
import { reviewRows } from './review-rows.ts'
import { namedVolumes, networks } from './run-engine.ts'
import type { Store } from './run-memory.ts'
import { savePreset } from './run-memory.ts'
import type { RunUi } from './run-ui.ts'

export interface ReviewParts<T> {
  readonly ui: RunUi
  readonly store: Store
  readonly host: Host
  readonly answers: RunAnswers
  readonly facts: ImageFacts
  readonly portNotes: readonly string[]
  readonly around: Surroundings
  readonly canGoBack: boolean
  readonly words: (error: unknown) => string
  /** Its errors are shown in the list, which stays. Nothing when somebody thought better of it. */
  readonly run: (answers: RunAnswers) => Promise<T | undefined>
  /** What the form has no rows for, of a container that is made anew. */
  readonly base?: CreateRequest
  readonly replaces?: string
}

export type ReviewOutcome<T> = { readonly kind: 'done'; readonly result: T } | { readonly kind: 'back' | 'left' | 'host' }

/** Shows the list, lets rows be changed, and runs. */
export async function reviewLoop<T>(parts: ReviewParts<T>): Promise<ReviewOutcome<T>> {
  const { ui, canGoBack } = parts
  let review = firstReview(parts)
  let active = 'run'
  for (;;) {
    const title = parts.replaces === undefined ? l10n.t('Ready to run') : l10n.t('Edit and recreate')
    const step = canGoBack ? { step: { at: 2, of: 2 } } : {}
    const answer = await ui.pick({
      title,
      placeholder: l10n.t('Enter runs; choose a row to change it'),
      rows: reviewRows(review),
      active,
      canGoBack,
      ...step,
    })
    if (answer.kind === 'back' || answer.kind === 'left') return { kind: answer.kind }
    if (answer.id === 'host' && parts.replaces === undefined) return { kind: 'host' }
    active = answer.id
    if (answer.id === 'run') {
      const tried = await attempt(parts, review)
      if ('result' in tried && tried.result !== undefined) return { kind: 'done', result: tried.result }
      if ('problem' in tried) review = { ...review, problem: tried.problem }
      continue
    }
    const answers = await change(parts, review, answer.id)
    // A note is about the ports as they were suggested.
    review = { ...review, answers, portNotes: answers.ports === review.answers.ports ? review.portNotes : [] }
  }
}

async function attempt<T>({ run, words }: ReviewParts<T>, { answers }: Review): Promise<{ result: T | undefined } | { problem: string }> {
  try {
    return { result: await run(answers) }
  } catch (error) {
    return { problem: words(error) }
  }
}

function firstReview<T>({ answers, facts, portNotes, around, host, replaces }: ReviewParts<T>): Review {
  return {
    answers,
    facts,
    portNotes,
    canPublish: around.canPublish,
    isPocker: host.state.kind === 'ready' && host.state.engine.isPocker,
    host: host.label,
    ...(around.workspace === undefined ? {} : { workspace: around.workspace }),
    ...(replaces === undefined ? {} : { replaces }),
  }
}

async function change<T>(parts: ReviewParts<T>, review: Review, id: string): Promise<RunAnswers> {
  const { ui, host, around, replaces } = parts
  const { answers } = review
  switch (id) {
    case 'name':
      // Its own name is free for the one that takes its place.
      return await editName(ui, answers, new Set([...around.names].filter((name) => name !== replaces)))
    case 'command':
      return await editCommand(ui, review)
    case 'ports':
      return await editPorts(ui, review)
    case 'workspace':
      return toggleWorkspace(answers, review.workspace)
    case 'environment':
      return await editEnvironment(ui, review)
    case 'terminal':
      return { ...answers, terminal: !answers.terminal }
    case 'limits':
      return await editLimits(ui, answers)
    case 'restart':
      return await editRestart(ui, answers)
    case 'network':
      return await editNetwork(ui, answers, { names: around.names, networks: () => networks(host.client) })
    case 'more':
      return await editMore(ui, review, { volumes: () => namedVolumes(host.client) })
    default:
      await useAnswers(parts, answers, id)
      return answers
  }
}

async function useAnswers<T>({ ui, store, host, base, words }: ReviewParts<T>, answers: RunAnswers, id: string): Promise<void> {
  const request = createRequest(answers, base)
  switch (id) {
    case 'save': {
      const check = (text: string) => (text.trim() === '' ? l10n.t('Give it a name.') : undefined)
      const name = await ui.input({
        title: l10n.t('Save as preset'),
        prompt: l10n.t('Found under this name when something is run.'),
        value: answers.name,
        check,
      })
      // A name is one container's, a preset is for many.
      if (name !== undefined) await savePreset(store, { name: name.trim(), answers: { ...answers, name: '' } })
      return
    }
    case 'copy':
      return await ui.copy(dockerCommand(request, answers.name))
    case 'plan':
      return ui.show(await planPage(host, request, words))
  }
}
