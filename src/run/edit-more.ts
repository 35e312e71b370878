/** The rows behind "More…". */

import type { PickRow } from '../ask/ask.ts'
import type { Checked } from '../text/checked.ts'
import { problemOf } from '../text/checked.ts'
import { plainText } from '../text/plain-text.ts'
import { joinWords, splitWords } from '../text/shell-words.ts'
import type { RunAnswers } from './answers.ts'
import { editList } from './edit-list.ts'
import { parseLabel, withVariable } from './environment.ts'
import { mountText, parseMount } from './mount-spec.ts'
import type { Review } from './review-rows.ts'
import type { RunUi } from './run-ui.ts'

/** Shows the list until it is left. */
export async function editMore(ui: RunUi, review: Review): Promise<RunAnswers> {
  let answers = review.answers
  let active = 'mounts'
  for (;;) {
    const rows = moreRows({ ...review, answers })
    const answer = await ui.pick({ title: 'More', placeholder: 'Enter changes a row', rows, active, canGoBack: true })
    if (answer.kind === 'back' || answer.kind === 'left') return answers
    active = answer.id
    answers = await editOne(ui, { ...review, answers }, answer.id)
  }
}

function moreRows({ answers, facts }: Review): readonly PickRow[] {
  const yes = (is: boolean) => (is ? 'yes' : 'no')
  const orImages = (own: string, images: string) =>
    plainText(own === '' ? (images === '' ? 'the image’s' : `${images} · from the image`) : own)
  return [
    { id: 'mounts', icon: 'folder-opened', label: 'Volumes and folders', description: mountsText(answers, facts.volumes) },
    { id: 'user', icon: 'account', label: 'User', description: orImages(answers.user, facts.user) },
    { id: 'entrypoint', icon: 'debug-start', label: 'Entrypoint', description: entrypointText({ answers, facts }) },
    {
      id: 'workingDirectory',
      icon: 'folder',
      label: 'Working directory',
      description: orImages(answers.workingDirectory, facts.workingDirectory),
    },
    { id: 'hostname', icon: 'server', label: 'Hostname', description: plainText(answers.hostname === '' ? 'its ID' : answers.hostname) },
    { id: 'labels', icon: 'tag', label: 'Labels', description: `${Object.keys(answers.labels).length} set` },
    { id: 'capAdd', icon: 'key', label: 'Capabilities to add', description: plainText(answers.capAdd.join(', ') || 'none') },
    { id: 'capDrop', icon: 'shield', label: 'Capabilities to drop', description: plainText(answers.capDrop.join(', ') || 'none') },
    { id: 'init', icon: 'debug-restart', label: 'Init', description: `${yes(answers.init)} · a first process that collects the dead` },
    { id: 'readOnly', icon: 'lock', label: 'Read-only', description: `${yes(answers.readOnly)} · its files cannot be changed` },
    ...(facts.hasHealthcheck
      ? [{ id: 'noHealthcheck', icon: 'heart', label: 'Health check', description: yes(!answers.noHealthcheck) }]
      : []),
    {
      id: 'privileged',
      icon: answers.privileged ? 'warning' : 'unlock',
      label: 'Privileged',
      description: `${yes(answers.privileged)} · as good as root on the machine`,
    },
  ]
}

async function editOne(ui: RunUi, review: Review, id: string): Promise<RunAnswers> {
  const { answers } = review
  switch (id) {
    case 'mounts':
      return { ...answers, mounts: await editMounts(ui, answers) }
    case 'user':
      return await editText(ui, answers, { key: 'user', title: 'User', placeholder: 'name, uid or uid:gid', parse: parseUser })
    case 'workingDirectory':
      return await editText(ui, answers, { key: 'workingDirectory', title: 'Working directory', placeholder: '/app', parse: parseFolder })
    case 'hostname':
      return await editText(ui, answers, { key: 'hostname', title: 'Hostname', placeholder: 'web-1', parse: parseHostname })
    case 'entrypoint':
      return await editEntrypoint(ui, review)
    case 'labels':
      return { ...answers, labels: await editLabels(ui, answers) }
    case 'capAdd':
    case 'capDrop':
      return { ...answers, [id]: await editCapabilities(ui, answers[id]) }
    case 'init':
    case 'readOnly':
    case 'noHealthcheck':
    case 'privileged':
      return { ...answers, [id]: !answers[id] }
    default:
      return answers
  }
}

interface TextRow {
  readonly key: 'user' | 'workingDirectory' | 'hostname'
  readonly title: string
  readonly placeholder: string
  readonly parse: (text: string) => Checked<string>
}

async function editText(ui: RunUi, answers: RunAnswers, { key, title, placeholder, parse }: TextRow): Promise<RunAnswers> {
  const check = (text: string) => problemOf(parse(text))
  const text = await ui.input({ title, prompt: 'Empty: as without it.', placeholder, value: answers[key], check })
  return text === undefined ? answers : { ...answers, [key]: text.trim() }
}

async function editEntrypoint(ui: RunUi, { answers, facts }: Review): Promise<RunAnswers> {
  const text = await ui.input({
    title: 'Entrypoint',
    prompt: 'The program before the command. Empty: the image’s; "" (two quotes): none.',
    value: answers.entrypoint === undefined ? '' : answers.entrypoint.length === 0 ? '""' : joinWords(answers.entrypoint),
    placeholder: joinWords(facts.entrypoint),
    check: (line) => problemOf(splitWords(line)),
  })
  if (text === undefined) return answers
  const { entrypoint: _image, ...rest } = answers
  const words = splitWords(text)
  if ('problem' in words || words.value.length === 0) return rest
  const isNone = words.value.length === 1 && words.value[0] === ''
  return { ...answers, entrypoint: isNone ? [] : words.value }
}

async function editMounts(ui: RunUi, { mounts }: RunAnswers): Promise<RunAnswers['mounts']> {
  const texts = await editList(ui, {
    title: 'Volumes and folders',
    prompt: 'folder-or-volume:path-in-container, with :ro behind it to only read.',
    placeholder: '/home/me/data:/data:ro',
    entries: mounts.map(mountText),
    check: (text) => problemOf(parseMount(text)),
  })
  return texts.flatMap((text) => {
    const mount = parseMount(text)
    return 'value' in mount ? [mount.value] : []
  })
}

async function editLabels(ui: RunUi, { labels }: RunAnswers): Promise<Readonly<Record<string, string>>> {
  const texts = await editList(ui, {
    title: 'Labels',
    prompt: 'key=value',
    placeholder: 'key=value',
    entries: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    check: (text) => problemOf(parseLabel(text)),
    add: withVariable,
  })
  return Object.fromEntries(
    texts.flatMap((text) => {
      const label = parseLabel(text)
      return 'value' in label ? [label.value] : []
    }),
  )
}

async function editCapabilities(ui: RunUi, entries: readonly string[]): Promise<readonly string[]> {
  const texts = await editList(ui, {
    title: 'Capabilities',
    prompt: 'The kernel’s name, such as NET_ADMIN, or ALL.',
    placeholder: 'NET_ADMIN',
    entries,
    check: (text) => (/^[A-Za-z_]{2,40}$/.test(text.trim()) ? undefined : 'Write it as NET_ADMIN.'),
  })
  return texts.map((text) => text.trim().toUpperCase())
}

function parseUser(text: string): Checked<string> {
  return /^[^\s:\p{Cc}]*(?::[^\s:\p{Cc}]+)?$/u.test(text.trim()) ? { value: text.trim() } : { problem: 'Write it as name, uid or uid:gid.' }
}

function parseFolder(text: string): Checked<string> {
  const folder = text.trim()
  return folder === '' || (folder.startsWith('/') && !folder.includes('\0'))
    ? { value: folder }
    : { problem: 'It must begin with a slash.' }
}

function parseHostname(text: string): Checked<string> {
  const name = text.trim()
  const isName = name.length <= 64 && /^([a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?)?$/.test(name)
  return isName ? { value: name } : { problem: 'Up to 64 letters, digits, dots and hyphens.' }
}

function mountsText({ mounts }: RunAnswers, volumes: readonly string[]): string {
  const own = mounts.map(mountText).join(', ')
  const fresh = volumes.filter((path) => !mounts.some(({ target }) => target === path))
  const images = fresh.length === 0 ? '' : `fresh volumes at ${fresh.join(', ')}`
  return plainText([own, images].filter((text) => text !== '').join(' · ') || 'none')
}

function entrypointText({ answers, facts }: Pick<Review, 'answers' | 'facts'>): string {
  if (answers.entrypoint !== undefined) return plainText(joinWords(answers.entrypoint) || 'none')
  return facts.entrypoint.length === 0 ? 'none' : `${plainText(joinWords(facts.entrypoint))} · from the image`
}
