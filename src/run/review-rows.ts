/** "Ready to run": the answers as rows. */

import * as l10n from '@vscode/l10n'
import type { PickHeading, PickRow } from '../ask/ask.ts'
import { imageName } from '../text/image-name.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords } from '../text/shell-words.ts'
import type { RunAnswers } from './answers.ts'
import type { ImageFacts } from './image-facts.ts'
import { limitsText } from './limits.ts'
import { mountText } from './mount-spec.ts'
import { isOpenToOthers, LOOPBACK, portArrow } from './port-spec.ts'

/** Everything that the list shows. */
export interface Review {
  readonly answers: RunAnswers
  readonly facts: ImageFacts
  readonly portNotes: readonly string[]
  /** Without one, the ports row says what to do. */
  readonly canPublish: boolean
  readonly isPocker: boolean
  readonly host: string
  readonly workspace?: string
  /** Why the last try failed. */
  readonly problem?: string
  /** The container that is made anew, where one is. */
  readonly replaces?: string
}

/** The rows, the first of which runs. */
export function reviewRows(review: Review): readonly (PickRow | PickHeading)[] {
  const { answers } = review
  return [
    runRow(review),
    {
      id: 'name',
      icon: 'tag',
      label: l10n.t('Name'),
      description: answers.name === '' ? l10n.t('chosen by the host') : plainText(answers.name),
    },
    { id: 'command', icon: 'terminal-bash', label: l10n.t('Command'), description: commandText(review) },
    portsRow(review),
    {
      id: 'workspace',
      icon: 'root-folder',
      label: l10n.t('Workspace'),
      description: answers.workspace === undefined ? l10n.t('not mounted') : l10n.t('mounted at {0}', plainText(answers.workspace.target)),
    },
    { id: 'environment', icon: 'symbol-variable', label: l10n.t('Environment'), description: environmentText(review) },
    { id: 'terminal', icon: 'terminal', label: l10n.t('Terminal'), description: terminalText(review) },
    { id: 'limits', icon: 'dashboard', label: l10n.t('Limits'), description: limitsText(answers.limits) },
    {
      id: 'restart',
      icon: 'refresh',
      label: l10n.t('Restart'),
      description: answers.removeAtEnd ? l10n.t('no · removed when it ends') : answers.restart,
    },
    { id: 'network', icon: 'globe', label: l10n.t('Network'), description: networkText(answers.network) },
    { id: 'host', icon: 'server', label: l10n.t('Host'), description: plainText(review.host) },
    { id: 'more', icon: 'ellipsis', label: l10n.t('More…'), description: moreText(answers) },
    { heading: l10n.t('keep') },
    { id: 'save', icon: 'save', label: l10n.t('Save as preset…') },
    { id: 'copy', icon: 'copy', label: l10n.t('Copy as docker command') },
    ...(review.isPocker ? [{ id: 'plan', icon: 'list-ordered', label: l10n.t('Show the isolation plan') }] : []),
  ]
}

function runRow({ answers, problem, replaces }: Review): PickRow {
  const image = imageName(answers.image)
  const key = l10n.t('(Enter)')
  if (problem === undefined) {
    const label = replaces === undefined ? l10n.t('Run {0}', image) : l10n.t('Recreate {0} from {1}', plainText(replaces), image)
    return { id: 'run', icon: 'play', label, description: key }
  }
  const label = replaces === undefined ? l10n.t('Run {0} again', image) : l10n.t('Recreate {0} from {1} again', plainText(replaces), image)
  return { id: 'run', icon: 'warning', label, description: key, detail: plainText(problem, 500) }
}

/** Whether ports of a container in its network can be published: one that somebody has made does so also where there is no default one. */
export function publishes({ answers: { network }, canPublish }: Pick<Review, 'answers' | 'canPublish'>): boolean {
  if (network === 'host' || network === 'none') return false
  return canPublish || !['', 'default', 'bridge'].includes(network)
}

function portsRow(review: Review): PickRow {
  const { answers, facts, portNotes } = review
  const row = { id: 'ports', label: l10n.t('Ports') }
  const exposed = facts.ports.map(({ container }) => container).join(', ')
  if (answers.network === 'host')
    return { ...row, icon: 'plug', description: exposed === '' ? l10n.t('those of the host') : l10n.t('those of the host: {0}', exposed) }
  if (answers.network === 'none') return { ...row, icon: 'plug', description: l10n.t('none · it has no network') }
  if (answers.ports.length === 0) {
    const note = publishes(review) ? l10n.t('none · the image listens on {0}', exposed) : l10n.t('none · this host cannot publish ports')
    return { ...row, icon: 'plug', description: exposed === '' ? l10n.t('none') : note }
  }
  const isOpen = answers.ports.some(isOpenToOthers)
  const isLoopback = answers.ports.every(({ address }) => address === LOOPBACK)
  const closed = isLoopback ? l10n.t('127.0.0.1: only this machine reaches it') : l10n.t('only this machine reaches it')
  const notes = [...portNotes, isOpen ? l10n.t('other machines can reach it') : closed]
  const arrows = answers.ports.map(portArrow).join(', ')
  return { ...row, icon: isOpen ? 'warning' : 'plug', description: plainText([arrows, ...notes].join(' · ')) }
}

function commandText({ answers, facts }: Review): string {
  const entrypoint = answers.entrypoint ?? facts.entrypoint
  // An entrypoint of one's own drops the image's command with the image's entrypoint.
  const command = answers.command ?? (answers.entrypoint === undefined || answers.entrypoint.length === 0 ? facts.command : [])
  const line = joinWords([...entrypoint, ...command])
  const isImages = answers.command === undefined && answers.entrypoint === undefined
  if (line === '') return l10n.t('none: give one')
  return isImages ? l10n.t('{0} · from the image', plainText(line, 120)) : plainText(line, 120)
}

function environmentText({ answers, facts }: Review): string {
  const own = answers.environment.length
  const images = facts.environment.length
  return (
    [...(own === 0 ? [] : [l10n.t('{0} set', own)]), ...(images === 0 ? [] : [l10n.t('{0} from the image', images)])].join(' · ') ||
    l10n.t('none')
  )
}

function terminalText({ answers, facts }: Review): string {
  if (answers.terminal) return l10n.t('yes')
  return facts.ports.length > 0 ? l10n.t('no · the image runs a service') : l10n.t('no')
}

function networkText(network: string): string {
  if (network === '') return l10n.t('default')
  return network === 'host' ? l10n.t('host · not separated from this machine’s') : plainText(network)
}

/** What of "More…" differs from the image. */
export function moreText(answers: RunAnswers): string {
  const parts = [
    ...(answers.user === '' ? [] : [l10n.t('user {0}', answers.user)]),
    ...(answers.entrypoint === undefined ? [] : [l10n.t('entrypoint')]),
    ...answers.mounts.slice(0, 2).map(mountText),
    ...(answers.mounts.length > 2 ? [l10n.t('{0} more mounts', answers.mounts.length - 2)] : []),
    ...(answers.privileged ? [l10n.t('privileged')] : []),
    ...(answers.capAdd.length + answers.capDrop.length === 0 ? [] : [l10n.t('capabilities')]),
    ...(Object.keys(answers.labels).length === 0 ? [] : [l10n.t('labels')]),
    ...(answers.init ? [l10n.t('init')] : []),
    ...(answers.readOnly ? [l10n.t('read-only')] : []),
    ...(answers.noHealthcheck ? [l10n.t('no health check')] : []),
  ]
  return parts.length === 0
    ? l10n.t('user, entrypoint, volumes, capabilities, labels, init, read-only, health')
    : plainText(parts.join(', '))
}
