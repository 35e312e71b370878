import * as l10n from '@vscode/l10n'
import type { PickRow } from '../../ask/ask.ts'
import type { Host } from '../../hosts/host.ts'
import { isImageId, parseImageName } from '../../run/names.ts'
import { pullImage } from '../../run/pull-image.ts'
import { problemOf } from '../../text/checked.ts'
import { chooseHost } from '../choose.ts'
import type { ImageParts } from './image-parts.ts'

/** Asks for a name and pulls it. Errors: EngineError, TransferFailed. */
export async function pullFlow(parts: ImageParts, item: unknown): Promise<void> {
  const asked = await askName(parts, item)
  if (asked !== undefined) await pullNamed(parts, asked.host, asked.name)
}

/** As `pullFlow`, for machines of another kind. */
export async function pullForPlatformFlow(parts: ImageParts, item: unknown): Promise<void> {
  const asked = await askName(parts, item)
  if (asked === undefined) return
  const answer = await parts.ask.pick({
    title: l10n.t('Pull for Another Platform'),
    placeholder: l10n.t('Which? Programs for another processor run here only where an emulator is set up'),
    rows: PLATFORMS.map(([id, description]): PickRow => ({ id, label: id, description: description(), icon: 'chip' })),
    typed: (text) => {
      const platform = text.trim().toLowerCase()
      const isOne = /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/.test(platform) && !PLATFORMS.some(([id]) => id === platform)
      return isOne ? { id: platform, label: platform, icon: 'edit' } : undefined
    },
  })
  if (answer.kind === 'picked') await pullNamed(parts, asked.host, asked.name, answer.id)
}

/** Pulls an image by a name that is known to be one. Errors: EngineError, TransferFailed. */
export async function pullNamed(parts: ImageParts, host: Host, text: string, platform?: string): Promise<void> {
  const name = parseImageName(text)
  if ('problem' in name) return
  const { client } = host
  const { transfer: progress, login } = parts
  await pullImage({ client, login, ui: { progress }, ...(platform === undefined ? {} : { platform }) }, name.value)
}

const PLATFORMS: readonly (readonly [id: string, description: () => string])[] = [
  ['linux/amd64', () => l10n.t('x86-64: most servers and PCs')],
  ['linux/arm64', () => l10n.t('64-bit ARM: Apple’s processors, Raspberry Pi 4 and newer')],
  ['linux/arm/v7', () => l10n.t('32-bit ARM')],
  ['linux/riscv64', () => ''],
  ['linux/ppc64le', () => ''],
  ['linux/s390x', () => ''],
  ['linux/386', () => l10n.t('32-bit x86')],
]

async function askName(parts: ImageParts, item: unknown): Promise<{ readonly host: Host; readonly name: string } | undefined> {
  const title = l10n.t('Pull Image')
  const host = await chooseHost(parts, item, { title })
  if (host === undefined) return undefined
  const name = await parts.ask.input({
    title,
    prompt: l10n.t('The image’s name. Without a registry it is on Docker Hub, without a tag it is “latest”.'),
    value: '',
    placeholder: l10n.t('nginx:1.27 or ghcr.io/owner/app'),
    check: (text) =>
      isImageId(text.trim()) ? l10n.t('An ID cannot be pulled: a registry knows images by names.') : problemOf(parseImageName(text)),
  })
  return name === undefined ? undefined : { host, name }
}
