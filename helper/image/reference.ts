/** Names of images, by the distribution project's grammar as Docker reads it. */
import { PockerError } from '../api/errors.ts'

export interface Reference {
  /** Such as `docker.io`, `localhost:5000`. */
  readonly domain: string
  /** Such as `library/busybox`. */
  readonly path: string
  readonly tag?: string
  /** Such as `sha256:…`. */
  readonly digest?: string
}

const DEFAULT_DOMAIN = 'docker.io'
const OFFICIAL = 'library/'

const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`)
const PATH_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const PATH = new RegExp(`^${PATH_PART}(?:/${PATH_PART})*$`)
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/
const SHA256 = /^sha256:[0-9a-f]{64}$/

/** The longest repository name registries take, domain and path together. */
const NAME_LIMIT = 255

/**
 * Reads a name such as `busybox`, `me/app:1`, `localhost:5000/app@sha256:…` and completes it with Docker's default domain.
 * Without tag and digest it has neither: `withDefaultTag` adds `latest`.
 * Errors: `bad-reference`.
 */
export function parseReference(text: string): Reference {
  // 64 hex digits are an ID, and a repository of that name could never be told from it.
  if (/^[0-9a-f]{64}$/.test(text)) throw bad(text)
  const [named = '', digest, ...more] = text.split('@')
  if (more.length > 0 || (digest !== undefined && !isDigest(digest))) throw bad(text)
  const { name, tag } = splitTag(named)
  const { domain, path } = splitDomain(name)
  if (!DOMAIN.test(domain) || !PATH.test(path) || domain.length + 1 + path.length > NAME_LIMIT) throw bad(text)
  if (tag !== undefined && !TAG.test(tag)) throw bad(text)
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) }
}

/** The reference with tag `latest` when it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference
}

/** The repository's name as people write it: without `docker.io/` and `library/`, unless it would read as another one. */
export function familiarName({ domain, path }: Reference): string {
  if (domain !== DEFAULT_DOMAIN || looksLikeDomain(firstPart(path))) return `${domain}/${path}`
  const short = path.slice(OFFICIAL.length)
  return path.startsWith(OFFICIAL) && !short.includes('/') ? short : path
}

/** As people write it, with tag and digest. */
export function familiarReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`
  return familiarName(reference) + tag + digest
}

/** An image's ID or the start of one, without `sha256:`; undefined when `text` cannot be that. */
export function parseImageId(text: string): string | undefined {
  return /^(?:sha256:)?([0-9a-f]{1,64})$/.exec(text)?.[1]
}

function splitTag(text: string): { name: string; tag: string | undefined } {
  const colon = text.lastIndexOf(':')
  // A colon before the last slash is a port's.
  if (colon < 0 || text.includes('/', colon)) return { name: text, tag: undefined }
  return { name: text.slice(0, colon), tag: text.slice(colon + 1) }
}

function splitDomain(name: string): { domain: string; path: string } {
  const first = firstPart(name)
  if (!looksLikeDomain(first)) return { domain: DEFAULT_DOMAIN, path: official(name) }
  const path = name.slice(first.length + 1)
  return first === DEFAULT_DOMAIN || first === 'index.docker.io'
    ? { domain: DEFAULT_DOMAIN, path: official(path) }
    : { domain: first, path }
}

// What stands before a slash is a registry only when it looks like a host: with a dot, a port, capitals, or localhost.
function looksLikeDomain(part: string): boolean {
  return part.includes('.') || part.includes(':') || part === 'localhost' || part !== part.toLowerCase()
}

function firstPart(name: string): string {
  const slash = name.indexOf('/')
  return slash < 0 ? '' : name.slice(0, slash)
}

function official(path: string): string {
  return path.includes('/') ? path : OFFICIAL + path
}

function isDigest(text: string): boolean {
  return text.startsWith('sha256:') ? SHA256.test(text) : DIGEST.test(text)
}

function bad(text: string): PockerError {
  return new PockerError('InvalidParameter', `read image name '${text.slice(0, 300)}': invalid reference format`, {
    code: 'bad-reference',
    ...(/[A-Z]/.test(text) ? { hint: 'a repository name must be lowercase' } : {}),
  })
}
