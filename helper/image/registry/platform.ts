/** Which image of several is for which processor. */
import { PockerError } from '../../api/errors.ts'
import type { Platform } from '../../http/backend.ts'
import { type Index, isManifestType } from './manifest.ts'
import { plainText } from './plain-text.ts'

/** This machine's, in Go's words. */
export function hostPlatform(): Platform {
  return { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
}

/** `linux/arm64/v8`, as clients write it. */
export function platformText({ os, architecture, variant }: Platform): string {
  return plainText([os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join('/'), 100)
}

/** Whether an image for `offered` is what was asked for. Without a variant any will do. */
export function matches(wanted: Platform, offered: Platform): boolean {
  const left = normal(wanted)
  const right = normal(offered)
  return (
    left.os === right.os &&
    left.architecture === right.architecture &&
    (wanted.variant === undefined || wanted.variant === '' || left.variant === right.variant)
  )
}

/**
 * The entry for that platform: of several the one without a special variant, otherwise the first.
 * Errors: NotFound `no-matching-platform`.
 */
export function choosePlatform(index: Index, wanted: Platform, name: string): Index['manifests'][number] {
  const images = index.manifests.filter(({ mediaType }) => isManifestType(mediaType))
  const offers = images.flatMap((entry) => (entry.platform === undefined ? [] : [{ entry, platform: fromIndex(entry.platform) }]))
  const fitting = offers.filter(({ platform }) => matches(wanted, platform))
  const found = fitting.find(({ platform }) => normal(platform).variant === normal(wanted).variant) ?? fitting[0]
  // An index of a single image without a platform leaves nothing to choose; the configuration is checked later.
  const only = images.length === 1 && offers.length === 0 ? images[0] : undefined
  const entry = found?.entry ?? only
  if (entry === undefined)
    throw noMatchingPlatform(
      wanted,
      offers.map(({ platform }) => platform),
      name,
    )
  return entry
}

/** NotFound `no-matching-platform`; the hint says what there is. */
export function noMatchingPlatform(wanted: Platform, offered: readonly Platform[], name: string): PockerError {
  const there = [...new Set(offered.map(platformText))].filter((text) => !text.startsWith('unknown'))
  return new PockerError('NotFound', `pull '${name}': no matching manifest for ${platformText(wanted)}`, {
    code: 'no-matching-platform',
    ...(there.length === 0 ? {} : { hint: `it is there for ${there.slice(0, 20).join(', ')}` }),
  })
}

/** An index entry's platform. */
export function fromIndex({ os, architecture, variant }: { os: string; architecture: string; variant?: string | undefined }): Platform {
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}

/** As containerd's `platforms.Normalize`: some variants are what the architecture means anyway. */
function normal({ os, architecture, variant }: Platform): Platform {
  const name = NAMES.get(architecture.toLowerCase()) ?? architecture.toLowerCase()
  const usual = USUAL_VARIANTS.get(name)
  const kind = variant === undefined || variant === '' ? usual : name === 'arm64' && variant === '8' ? 'v8' : variant
  return { os: os.toLowerCase(), architecture: name, ...(kind === undefined ? {} : { variant: kind }) }
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['i386', '386'],
  ['armhf', 'arm'],
])

const USUAL_VARIANTS: ReadonlyMap<string, string> = new Map([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
])
