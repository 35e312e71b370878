/** The rows behind "More…". */

import * as l10n from '@vscode/l10n'
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

/** What the host has, asked for when it is needed. */
export interface Offers {
  /** Names of volumes. */
  readonly volumes: () => Promise<readonly string[]>
}

/** Shows the list until it is left. */
export async function editMore(ui: RunUi, review: Review, offers: Offers): Promise<RunAnswers> {
  let answers = review.answers
  let active = 'mounts'
  for (;;) {
    const rows = moreRows({ ...review, answers })
    const answer = await ui.pick({ title: l10n.t('More'), placeholder: l10n.t('Enter changes a row'), rows, active, canGoBack: true })
    if (answer.kind === 'back' || answer.kind === 'left') return answers
    active = answer.id
    answers =
      answer.id === 'mounts' ? await editMounts(ui, { ...review, answers }, offers) : await editOne(ui, { ...review, answers }, answer.id)
  }
}

function moreRows({ answers, facts }: Review): readonly PickRow[] {
  const yes = (is: boolean) => (is ? l10n.t('yes') : l10n.t('no'))
  const orImages = (own: string, images: string) =>
    plainText(own === '' ? (images === '' ? l10n.t('the image’s') : l10n.t('{0} · from the image', images)) : own)
  return [
    { id: 'mounts', icon: 'folder-opened', label: l10n.t('Volumes and folders'), description: mountsText(answers, facts.volumes) },
    { id: 'user', icon: 'account', label: l10n.t('User'), description: orImages(answers.user, facts.user) },
    { id: 'entrypoint', icon: 'debug-start', label: l10n.t('Entrypoint'), description: entrypointText({ answers, facts }) },
    {
      id: 'workingDirectory',
      icon: 'folder',
      label: l10n.t('Working directory'),
      description: orImages(answers.workingDirectory, facts.workingDirectory),
    },
    {
      id: 'hostname',
      icon: 'server',
      label: l10n.t('Hostname'),
      description: plainText(answers.hostname === '' ? l10n.t('its ID') : answers.hostname),
    },
    { id: 'labels', icon: 'tag', label: l10n.t('Labels'), description: l10n.t('{0} set', Object.keys(answers.labels).length) },
    {
      id: 'capAdd',
      icon: 'key',
      label: l10n.t('Capabilities to add'),
      description: plainText(answers.capAdd.join(', ') || l10n.t('none')),
    },
    {
      id: 'capDrop',
      icon: 'shield',
      label: l10n.t('Capabilities to drop'),
      description: plainText(answers.capDrop.join(', ') || l10n.t('none')),
    },
    {
      id: 'init',
      icon: 'debug-restart',
      label: l10n.t('Init'),
      description: l10n.t('{0} · a first process that collects the dead', yes(answers.init)),
    },
    {
      id: 'readOnly',
      icon: 'lock',
      label: l10n.t('Read-only'),
      description: l10n.t('{0} · its files cannot be changed', yes(answers.readOnly)),
    },
    ...(facts.hasHealthcheck
      ? [{ id: 'noHealthcheck', icon: 'heart', label: l10n.t('Health check'), description: yes(!answers.noHealthcheck) }]
      : []),
    {
      id: 'privileged',
      icon: answers.privileged ? 'warning' : 'unlock',
      label: l10n.t('Privileged'),
      description: l10n.t('{0} · as good as root on the machine', yes(answers.privileged)),
    },
  ]
}

async function editOne(ui: RunUi, review: Review, id: string): Promise<RunAnswers> {
  const { answers } = review
  switch (id) {
    case 'user':
      return await editText(ui, answers, {
        key: 'user',
        title: l10n.t('User'),
        placeholder: l10n.t('name, uid or uid:gid'),
        parse: parseUser,
      })
    case 'workingDirectory':
      return await editText(ui, answers, {
        key: 'workingDirectory',
        title: l10n.t('Working directory'),
        placeholder: '/app',
        parse: parseFolder,
      })
    case 'hostname':
      return await editText(ui, answers, { key: 'hostname', title: l10n.t('Hostname'), placeholder: 'web-1', parse: parseHostname })
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
  const text = await ui.input({ title, prompt: l10n.t('Empty: as without it.'), placeholder, value: answers[key], check })
  return text === undefined ? answers : { ...answers, [key]: text.trim() }
}

async function editEntrypoint(ui: RunUi, { answers, facts }: Review): Promise<RunAnswers> {
  const text = await ui.input({
    title: l10n.t('Entrypoint'),
    prompt: l10n.t('The program before the command. Empty: the image’s; "" (two quotes): none.'),
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

async function editMounts(ui: RunUi, { answers, facts }: Review, offers: Offers): Promise<RunAnswers> {
  const { mounts } = answers
  // Where the image keeps data is where a volume most likely belongs.
  const target = facts.volumes.find((path) => !mounts.some((mount) => mount.target === path)) ?? '/data'
  const taken = new Set(mounts.map(({ source }) => source))
  const volumes = (await offers.volumes()).filter((name) => !taken.has(name))
  const texts = await editList(ui, {
    title: l10n.t('Volumes and folders'),
    prompt: l10n.t('folder-or-volume:path-in-container, with :ro behind it to only read.'),
    placeholder: '/home/me/data:/data:ro',
    entries: mounts.map(mountText),
    check: (text) => problemOf(parseMount(text)),
    offered: { heading: l10n.t('volumes of this host'), entries: volumes.map((name) => `${name}:${target}`) },
  })
  const edited = texts.flatMap((text) => {
    const mount = parseMount(text)
    return 'value' in mount ? [mount.value] : []
  })
  return { ...answers, mounts: edited }
}

async function editLabels(ui: RunUi, { labels }: RunAnswers): Promise<Readonly<Record<string, string>>> {
  const texts = await editList(ui, {
    title: l10n.t('Labels'),
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
    title: l10n.t('Capabilities'),
    prompt: l10n.t('The kernel’s name, such as NET_ADMIN, or ALL.'),
    placeholder: 'NET_ADMIN',
    entries,
    check: (text) => (/^[A-Za-z_]{2,40}$/.test(text.trim()) ? undefined : l10n.t('Write it as NET_ADMIN.')),
  })
  return texts.map((text) => text.trim().toUpperCase())
}

function parseUser(text: string): Checked<string> {
  return /^[^\s:\p{Cc}]*(?::[^\s:\p{Cc}]+)?$/u.test(text.trim())
    ? { value: text.trim() }
    : { problem: l10n.t('Write it as name, uid or uid:gid.') }
}

function parseFolder(text: string): Checked<string> {
  const folder = text.trim()
  return folder === '' || (folder.startsWith('/') && !folder.includes('\0'))
    ? { value: folder }
    : { problem: l10n.t('It must begin with a slash.') }
}

function parseHostname(text: string): Checked<string> {
  const name = text.trim()
  const isName = name.length <= 64 && /^([a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?)?$/.test(name)
  return isName ? { value: name } : { problem: l10n.t('Up to 64 letters, digits, dots and hyphens.') }
}

function mountsText({ mounts }: RunAnswers, volumes: readonly string[]): string {
  const own = mounts.map(mountText).join(', ')
  const fresh = volumes.filter((path) => !mounts.some(({ target }) => target === path))
  const images = fresh.length === 0 ? '' : l10n.t('fresh volumes at {0}', fresh.join(', '))
  return plainText([own, images].filter((text) => text !== '').join(' · ') || l10n.t('none'))
}

function entrypointText({ answers, facts }: Pick<Review, 'answers' | 'facts'>): string {
  if (answers.entrypoint !== undefined) return plainText(joinWords(answers.entrypoint) || l10n.t('none'))
  return facts.entrypoint.length === 0 ? l10n.t('none') : l10n.t('{0} · from the image', plainText(joinWords(facts.entrypoint)))
}
