/** "Ready to run": the answers as rows. */

import type { PickHeading, PickRow } from '../ask/ask.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords } from '../text/shell-words.ts'
import type { RunAnswers } from './answers.ts'
import type { ImageFacts } from './image-facts.ts'
import { limitsText } from './limits.ts'
import { mountText } from './mount-spec.ts'
import { isOpenToOthers, portArrow } from './port-spec.ts'

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
    { id: 'name', icon: 'tag', label: 'Name', description: answers.name === '' ? 'chosen by the host' : plainText(answers.name) },
    { id: 'command', icon: 'terminal-bash', label: 'Command', description: commandText(review) },
    portsRow(review),
    {
      id: 'workspace',
      icon: 'root-folder',
      label: 'Workspace',
      description: answers.workspace === undefined ? 'not mounted' : `mounted at ${plainText(answers.workspace.target)}`,
    },
    { id: 'environment', icon: 'symbol-variable', label: 'Environment', description: environmentText(review) },
    { id: 'terminal', icon: 'terminal', label: 'Terminal', description: terminalText(review) },
    { id: 'limits', icon: 'dashboard', label: 'Limits', description: limitsText(answers.limits) },
    { id: 'restart', icon: 'refresh', label: 'Restart', description: answers.removeAtEnd ? 'no · removed when it ends' : answers.restart },
    { id: 'network', icon: 'globe', label: 'Network', description: networkText(answers.network) },
    { id: 'host', icon: 'server', label: 'Host', description: plainText(review.host) },
    { id: 'more', icon: 'ellipsis', label: 'More…', description: moreText(answers) },
    { heading: 'keep' },
    { id: 'save', icon: 'save', label: 'Save as preset…' },
    { id: 'copy', icon: 'copy', label: 'Copy as docker command' },
    ...(review.isPocker ? [{ id: 'plan', icon: 'list-ordered', label: 'Show the isolation plan' }] : []),
  ]
}

function runRow({ answers, problem, replaces }: Review): PickRow {
  const image = plainText(answers.image)
  const act = replaces === undefined ? `Run ${image}` : `Recreate ${plainText(replaces)} from ${image}`
  if (problem === undefined) return { id: 'run', icon: 'play', label: act, description: '(Enter)' }
  return { id: 'run', icon: 'warning', label: `${act} again`, description: '(Enter)', detail: plainText(problem, 500) }
}

function portsRow({ answers, facts, portNotes, canPublish }: Review): PickRow {
  const row = { id: 'ports', label: 'Ports' }
  const exposed = facts.ports.map(({ container }) => container).join(', ')
  if (answers.network === 'host') return { ...row, icon: 'plug', description: `those of the host${exposed === '' ? '' : `: ${exposed}`}` }
  if (answers.ports.length === 0) {
    const note = canPublish ? `the image listens on ${exposed}` : 'this host cannot publish ports yet'
    return { ...row, icon: 'plug', description: exposed === '' ? 'none' : `none · ${note}` }
  }
  const isOpen = answers.ports.some(isOpenToOthers)
  const notes = [...portNotes, ...(isOpen ? ['other machines can reach it'] : [])]
  const arrows = answers.ports.map(portArrow).join(', ')
  return { ...row, icon: isOpen ? 'warning' : 'plug', description: plainText([arrows, ...notes].join(' · ')) }
}

function commandText({ answers, facts }: Review): string {
  const entrypoint = answers.entrypoint ?? facts.entrypoint
  // An entrypoint of one's own drops the image's command with the image's entrypoint.
  const command = answers.command ?? (answers.entrypoint === undefined || answers.entrypoint.length === 0 ? facts.command : [])
  const line = joinWords([...entrypoint, ...command])
  const isImages = answers.command === undefined && answers.entrypoint === undefined
  if (line === '') return 'none: give one'
  return isImages ? `${plainText(line, 120)} · from the image` : plainText(line, 120)
}

function environmentText({ answers, facts }: Review): string {
  const own = answers.environment.length
  const images = facts.environment.length
  return [...(own === 0 ? [] : [`${own} set`]), ...(images === 0 ? [] : [`${images} from the image`])].join(' · ') || 'none'
}

function terminalText({ answers, facts }: Review): string {
  if (answers.terminal) return 'yes'
  return facts.ports.length > 0 ? 'no · the image runs a service' : 'no'
}

function networkText(network: string): string {
  if (network === '') return 'default'
  return network === 'host' ? 'host · not separated from this machine’s' : plainText(network)
}

/** What of "More…" differs from the image. */
export function moreText(answers: RunAnswers): string {
  const parts = [
    ...(answers.user === '' ? [] : [`user ${answers.user}`]),
    ...(answers.entrypoint === undefined ? [] : ['entrypoint']),
    ...answers.mounts.slice(0, 2).map(mountText),
    ...(answers.mounts.length > 2 ? [`${answers.mounts.length - 2} more mounts`] : []),
    ...(answers.privileged ? ['privileged'] : []),
    ...(answers.capAdd.length + answers.capDrop.length === 0 ? [] : ['capabilities']),
    ...(Object.keys(answers.labels).length === 0 ? [] : ['labels']),
    ...(answers.init ? ['init'] : []),
    ...(answers.readOnly ? ['read-only'] : []),
    ...(answers.noHealthcheck ? ['no health check'] : []),
  ]
  return parts.length === 0 ? 'user, entrypoint, volumes, capabilities, labels, init, read-only, health' : plainText(parts.join(', '))
}
