/** Dockerfile instructions over an image's configuration: `--change` of commit and import. */
import { posix } from 'node:path'
import type { Healthcheck } from '../api/health.ts'
import type { ImageConfig } from '../api/image.ts'
import { parseSignal } from '../container/spec/signal.ts'
import { readHealthcheck } from './changes-healthcheck.ts'
import { type Instruction, readExecForm, splitInstructions } from './changes-lines.ts'
import { badChange, expandWord, splitWords } from './changes-words.ts'

const DEFAULT_SHELL = ['/bin/sh', '-c']
const MAX_PORT = 65_535

/** What instructions work on; `docker commit` knows these eleven. */
interface Draft {
  readonly config: ImageConfig
  /** An entrypoint drops the command it was not written for. */
  readonly commandGiven: boolean
}

/**
 * `config` with the instructions carried out, in their order; `config` itself stays as it is.
 * Errors: InvalidParameter `bad-change`, `bad-signal`.
 */
export function applyChanges(config: ImageConfig, changes: readonly string[]): ImageConfig {
  const start: Draft = { config, commandGiven: false }
  return splitInstructions(changes).reduce(applyInstruction, start).config
}

function applyInstruction(draft: Draft, instruction: Instruction): Draft {
  const { name, flags, rest, text } = instruction
  const { config } = draft
  if (text.includes('\0')) throw badChange('it holds a NUL character', text)
  const [flag] = flags.keys()
  if (flag !== undefined && name !== 'HEALTHCHECK') throw badChange(`${name} has no --${flag}`, text)
  const given = () => {
    if (rest !== '') return rest
    throw badChange(`${name} needs an argument`, text)
  }
  const expand = (word: string) => expandWord(word, config.Env ?? [])
  switch (name) {
    case 'CMD':
      return { config: { ...config, Cmd: command(config, instruction) }, commandGiven: true }
    case 'ENTRYPOINT': {
      const { Cmd, ...others } = config
      const kept = draft.commandGiven && Cmd !== undefined ? { Cmd } : {}
      return { ...draft, config: { ...others, ...kept, Entrypoint: command(config, instruction) } }
    }
    case 'ENV':
      return { ...draft, config: { ...config, Env: setVariables(config.Env ?? [], pairs(given(), text).map(expandPair(expand, text))) } }
    case 'LABEL':
      return { ...draft, config: { ...config, Labels: withMembers(config.Labels, pairs(given(), text).map(expandPair(expand, text))) } }
    case 'EXPOSE': {
      const ports = given()
        .split(/\s+/)
        .flatMap((word) => readPorts(expand(word), text))
      return { ...draft, config: { ...config, ExposedPorts: withNames(config.ExposedPorts, ports) } }
    }
    case 'VOLUME': {
      const paths = (readExecForm(given(), text) ?? rest.split(/\s+/)).map((path) => expand(path).trim())
      if (paths.includes('')) throw badChange('a volume needs a path', text)
      return { ...draft, config: { ...config, Volumes: withNames(config.Volumes, paths) } }
    }
    case 'USER':
      return { ...draft, config: { ...config, User: expand(given()) } }
    case 'WORKDIR':
      return { ...draft, config: { ...config, WorkingDir: resolveFolder(config.WorkingDir ?? '', expand(given()), text) } }
    case 'STOPSIGNAL': {
      const signal = expand(given())
      parseSignal(signal)
      return { ...draft, config: { ...config, StopSignal: signal } }
    }
    case 'HEALTHCHECK':
      return { ...draft, config: { ...config, Healthcheck: readHealthcheck({ ...instruction, rest: given() }) satisfies Healthcheck } }
    case 'ONBUILD':
      return { ...draft, config: { ...config, OnBuild: [...(config.OnBuild ?? []), trigger(given(), text)] } }
    default:
      throw badChange(`${name} cannot be a change`, text)
  }
}

function command(config: ImageConfig, { rest, text }: Instruction): string[] {
  const list = readExecForm(rest, text)
  if (list !== undefined) return list
  const shell = config.Shell === undefined || config.Shell.length === 0 ? DEFAULT_SHELL : config.Shell
  return rest === '' ? [] : [...shell, rest]
}

type Pair = readonly [name: string, value: string]

/** `name=value …`, or the old `name value` of one name with all that follows. */
function pairs(rest: string, text: string): Pair[] {
  const words = splitWords(rest)
  if (words[0]?.includes('=') !== true) {
    const [, name = '', value] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? []
    if (value === undefined) throw badChange('it needs a name and a value', text)
    return [[name, value]]
  }
  return words.map((word) => {
    const equals = word.indexOf('=')
    if (equals < 0) throw badChange(`'${word.slice(0, 100)}' is not of the form name=value`, text)
    return [word.slice(0, equals), word.slice(equals + 1)]
  })
}

function expandPair(expand: (word: string) => string, text: string): (pair: Pair) => Pair {
  return ([name, value]) => {
    const expanded = expand(name)
    if (expanded === '') throw badChange('a name is empty', text)
    return [expanded, expand(value)]
  }
}

function setVariables(environment: readonly string[], given: readonly Pair[]): string[] {
  const result = [...environment]
  for (const [name, value] of given) {
    const place = result.findIndex((entry) => entry === name || entry.startsWith(`${name}=`))
    result.splice(place < 0 ? result.length : place, 1, `${name}=${value}`)
  }
  return result
}

// Names come from images and requests: the maps have no prototype, so `__proto__` is a name like any other.
function withMembers(map: Readonly<Record<string, string>> | undefined, given: readonly Pair[]): Record<string, string> {
  const result: Record<string, string> = Object.assign(Object.create(null), map)
  for (const [name, value] of given) result[name] = value
  return result
}

function withNames(
  map: Readonly<Record<string, Record<string, never>>> | undefined,
  names: readonly string[],
): Record<string, Record<string, never>> {
  const result: Record<string, Record<string, never>> = Object.assign(Object.create(null), map)
  for (const name of names) result[name] = {}
  return result
}

/** `80`, `80/udp`, `8000-8010/tcp`. */
function readPorts(word: string, text: string): string[] {
  const [, first = '', last = first, protocol = 'tcp'] = /^([0-9]{1,5})(?:-([0-9]{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(word) ?? []
  const low = Number(first)
  const high = Number(last)
  if (first === '' || low < 1 || high > MAX_PORT || high < low) throw badChange(`'${word.slice(0, 100)}' is no port`, text)
  return Array.from({ length: high - low + 1 }, (_, index) => `${low + index}/${protocol.toLowerCase()}`)
}

function resolveFolder(current: string, path: string, text: string): string {
  if (path === '') throw badChange('it needs a path', text)
  const clean = posix.join('/', path.startsWith('/') ? '' : current, path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}

function trigger(rest: string, text: string): string {
  const word = (/^\S+/.exec(rest)?.[0] ?? '').toUpperCase()
  if (['ONBUILD', 'FROM', 'MAINTAINER'].includes(word)) throw badChange(`${word} cannot be a trigger`, text)
  return rest
}
