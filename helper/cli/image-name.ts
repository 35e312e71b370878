import { PockerError } from '../api/errors.ts'

/** An image's name as commands need it. */
export interface ImageName {
  /** The registry, such as `docker.io`. */
  readonly domain: string
  /** Without tag and digest, as people write it. */
  readonly familiar: string
  /** Without tag and digest, with its registry. */
  readonly full: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

// Only commands that talk of registries need it.
const loadGrammar = () => import('../image/reference.ts')

/** Reads an image's name as Docker does; the default tag is not added. Errors: `bad-reference`. */
export async function readImageName(text: string): Promise<ImageName> {
  const { familiarName, parseReference } = await loadGrammar()
  const reference = parseReference(text)
  const { domain, path, tag, digest } = reference
  return { domain, familiar: familiarName(reference), full: `${domain}/${path}`, tag, digest }
}

/** The name and the tag that an image is to get; `latest` when it says none. Errors: `bad-reference`, `tag-with-digest`. */
export async function readNewTag(text: string): Promise<{ readonly repo: string; readonly tag: string }> {
  const { familiar, tag = 'latest', digest } = await readImageName(text)
  if (digest !== undefined) {
    throw new PockerError('InvalidParameter', `tag "${text}": a new name cannot have a digest`, { code: 'tag-with-digest' })
  }
  return { repo: familiar, tag }
}

/** The whole of a name: `docker.io/library/busybox:latest`. */
export function wholeName({ full, tag, digest }: ImageName): string {
  return `${full}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}
