import { PockerError } from '../../api/errors.ts'
import type { Command, CommandContext } from '../command.ts'
import { ANY } from '../command.ts'
import { tellFailure } from '../failure.ts'
import type { FlagSpec } from '../flags.ts'
import { indentJson } from '../format/indent-json.ts'
import { compileTemplate } from '../format/template.ts'
import { invalid } from '../grammar/invalid.ts'
import { containerPath, imagePath, networkPath, volumePath } from '../http/path.ts'
import { write } from '../io.ts'

const KINDS = ['container', 'image', 'network', 'volume'] as const

type Kind = (typeof KINDS)[number]

const FORMAT: FlagSpec = { name: 'format', short: 'f', kind: 'text', value: 'string', help: "'json', or a Go template" }
const SIZE: FlagSpec = { name: 'size', short: 's', kind: 'switch', help: 'Display total file sizes of containers' }
const TYPE: FlagSpec = { name: 'type', kind: 'text', value: 'string', help: `Only objects of this type (${KINDS.join('|')})` }

/** `pocker inspect` */
export const inspect: Command = {
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  flags: [FORMAT, SIZE, TYPE],
  words: { least: 1, most: ANY },
  run: (context) => {
    const kind = context.flags.parsed('type', parseKind)
    return inspectAll(context, kind === undefined ? KINDS : [kind])
  },
}

/** `pocker container inspect` */
export const inspectContainer: Command = {
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  flags: [FORMAT, SIZE],
  words: { least: 1, most: ANY },
  run: (context) => inspectAll(context, ['container']),
}

/** `pocker image inspect` */
export const inspectImage: Command = {
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  flags: [FORMAT],
  words: { least: 1, most: ANY },
  run: (context) => inspectAll(context, ['image']),
}

/** `pocker network inspect` */
export const inspectNetwork: Command = {
  usage: '[OPTIONS] NETWORK [NETWORK...]',
  flags: [FORMAT],
  words: { least: 1, most: ANY },
  run: (context) => inspectAll(context, ['network']),
}

/** `pocker volume inspect` */
export const inspectVolume: Command = {
  usage: '[OPTIONS] VOLUME [VOLUME...]',
  flags: [FORMAT],
  words: { least: 1, most: ANY },
  run: (context) => inspectAll(context, ['volume']),
}

async function inspectAll(context: CommandContext, kinds: readonly Kind[]): Promise<number> {
  const { words, flags, io } = context
  const format = flags.text('format') || undefined
  const template = format === undefined || format === 'json' ? undefined : compileTemplate(format)
  const found: string[] = []
  const errors: unknown[] = []
  for (const name of words) {
    try {
      const text = await fetch(context, name, kinds)
      found.push(template === undefined ? text : `${template(JSON.parse(text))}\n`)
    } catch (error) {
      errors.push(error)
    }
  }
  await write(io.stdout, template === undefined ? print(found, format) : found.length === 0 ? '\n' : found.join(''))
  for (const error of errors) await write(io.stderr, tellFailure(error, '').text)
  return errors.length === 0 ? 0 : 1
}

function print(objects: readonly string[], format: string | undefined): string {
  const list = `[${objects.map((text) => text.trim()).join(',')}]`
  return `${format === 'json' ? list : indentJson(list)}\n`
}

const PATHS: Readonly<Record<Kind, (name: string) => string>> = {
  container: (name) => containerPath(name, 'json'),
  image: (name) => imagePath(name, 'json'),
  network: (name) => networkPath(name),
  volume: (name) => volumePath(name),
}

/** The JSON text of the first kind of object that has the name. Errors: `no-such-object`. */
async function fetch({ client, flags }: CommandContext, name: string, kinds: readonly Kind[]): Promise<string> {
  for (const kind of kinds) {
    try {
      const size = kind === 'container' && flags.on('size')
      return await client.text('GET', PATHS[kind](name), { query: { size } })
    } catch (error) {
      if (!(error instanceof PockerError) || error.kind !== 'NotFound') throw error
      if (kinds.length === 1) throw error
    }
  }
  throw new PockerError('NotFound', `no such object: ${name}`, { code: 'no-such-object' })
}

function parseKind(text: string): Kind {
  const kind = KINDS.find((known) => known === text)
  if (kind !== undefined) return kind
  throw invalid('invalid-type', `"${text}" is not a valid value for --type`)
}
