/** "What to run?": recent runs, presets, the host's images, and whatever name is typed. */

import * as l10n from '@vscode/l10n'
import type { PickHeading, PickRow } from '../ask/ask.ts'
import { imageName } from '../text/image-name.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords } from '../text/shell-words.ts'
import { sizeText } from '../text/size.ts'
import type { RunAnswers } from './answers.ts'
import { parseImageName } from './names.ts'
import { portArrow } from './port-spec.ts'
import type { LocalImage } from './run-engine.ts'
import type { Preset } from './run-memory.ts'

export interface Choices {
  readonly recent: readonly RunAnswers[]
  readonly presets: readonly Preset[]
  readonly images: readonly LocalImage[]
  readonly host: string
}

export type Choice =
  | { readonly kind: 'recent'; readonly answers: RunAnswers }
  | { readonly kind: 'preset'; readonly preset: Preset }
  /** On the host, or to be pulled: the engine knows. */
  | { readonly kind: 'image'; readonly image: string }

const forget = () => ({ id: 'forget', icon: 'trash', tooltip: l10n.t('Forget') })

/** The rows, under their headings; those without rows are left out. */
export function choiceRows({ recent, presets, images, host }: Choices): readonly (PickRow | PickHeading)[] {
  const group = (heading: string, rows: readonly PickRow[]) => (rows.length === 0 ? [] : [{ heading }, ...rows])
  return [
    ...group(l10n.t('recent'), recent.map(recentRow)),
    ...group(l10n.t('presets'), presets.map(presetRow)),
    ...group(l10n.t('images on {0}', plainText(host)), images.flatMap(imageRows)),
  ]
}

/** The row for a name that is typed: to run what is there, or to pull it. */
export function typedRow(text: string, images: readonly LocalImage[]): PickRow | undefined {
  const name = text.trim()
  if (name === '' || images.some(({ tags }) => tags.includes(name) || tags.includes(`${name}:latest`))) return undefined
  const parsed = parseImageName(name)
  if ('problem' in parsed) return { id: 'problem', icon: 'info', label: plainText(name), description: parsed.problem }
  const { repository, tag } = parsed.value
  return {
    id: `image ${name}`,
    icon: 'cloud-download',
    label: l10n.t('Pull {0}', plainText(name)),
    description: name === repository ? l10n.t('tag {0}', tag) : '',
  }
}

/** What a row's id stands for; nothing for a row that only says something. */
export function choiceOf({ recent, presets }: Choices, id: string): Choice | undefined {
  const space = id.indexOf(' ')
  const rest = id.slice(space + 1)
  switch (id.slice(0, Math.max(space, 0))) {
    case 'recent': {
      const answers = recent[Number(rest)]
      return answers === undefined ? undefined : { kind: 'recent', answers }
    }
    case 'preset': {
      const preset = presets[Number(rest)]
      return preset === undefined ? undefined : { kind: 'preset', preset }
    }
    case 'image':
      return { kind: 'image', image: rest }
    default:
      return undefined
  }
}

function recentRow(answers: RunAnswers, index: number): PickRow {
  return { id: `recent ${index}`, icon: 'history', label: imageName(answers.image), description: summary(answers), buttons: [forget()] }
}

function presetRow({ name, answers }: Preset, index: number): PickRow {
  const description = plainText(`${answers.image} · ${summary(answers)}`.replace(/ · $/, ''))
  return { id: `preset ${index}`, icon: 'bookmark', label: plainText(name), description, buttons: [forget()] }
}

function imageRows({ tags, size }: LocalImage): PickRow[] {
  const description = size > 0 ? sizeText(size) : ''
  return tags.map((tag) => ({ id: `image ${tag}`, icon: 'package', label: imageName(tag), description }))
}

function summary({ command, ports, environment, workspace }: RunAnswers): string {
  const parts = [
    ...(command === undefined ? [] : [joinWords(command)]),
    ...ports.map(portArrow),
    ...(environment.length === 0 ? [] : [l10n.t('{0} variables', environment.length)]),
    ...(workspace === undefined ? [] : [workspace.target]),
  ]
  return plainText(parts.join(' · '), 120)
}
