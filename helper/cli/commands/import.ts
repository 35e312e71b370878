import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { PockerError } from '../../api/errors.ts'
import type { Command, CommandContext } from '../command.ts'
import { answeredObject } from '../http/answers.ts'
import { write } from '../io.ts'
import { openToRead } from '../local-file.ts'
import { platformFlag } from '../platform-flag.ts'
import { showProgress } from '../progress/show-progress.ts'

/** `pocker import` */
export const importImage: Command = {
  usage: '[OPTIONS] FILE|DIR|URL|- [REPOSITORY[:TAG]]',
  flags: [
    { name: 'change', short: 'c', kind: 'list', value: 'list', help: 'Apply Dockerfile instruction to the created image' },
    { name: 'message', short: 'm', kind: 'text', value: 'string', help: 'Set commit message for imported image' },
    { name: 'platform', kind: 'text', value: 'string', help: 'Set platform of the image' },
  ],
  words: { least: 1, most: 2 },
  run: (context) => {
    const [source = ''] = context.words
    const isFolder = source !== '-' && statSync(resolve(context.io.cwd, source), { throwIfNoEntry: false })?.isDirectory() === true
    return isFolder ? importFolder(context) : importArchive(context)
  },
}

/** A folder is used where it lies, and never changed. */
async function importFolder({ words, flags, client, io }: CommandContext): Promise<number> {
  const [folder = '', name] = words
  if (name === undefined) {
    throw new PockerError('InvalidParameter', `import folder "${folder}": the image needs a name`, { code: 'missing-argument' })
  }
  const given = ['change', 'message', 'platform'].find((flag) => flags.has(flag))
  if (given !== undefined) {
    throw new PockerError('InvalidParameter', `conflicting options: --${given} is for archives, and "${folder}" is a folder`, {
      code: 'conflicting-options',
      hint: `tar -C ${folder} -c . | pocker import --${given} … - ${name}`,
    })
  }
  const answer = await client.json('POST', '/pocker/images/import', { query: { folder: resolve(io.cwd, folder), name } })
  await write(io.stdout, `${answeredObject<{ Id: string }>(answer).Id}\n`)
  return 0
}

async function importArchive({ words, flags, client, io }: CommandContext): Promise<number> {
  const [source = '', repo] = words
  const isUrl = /^https?:\/\//.test(source)
  const query = {
    fromSrc: isUrl ? source : '-',
    repo,
    message: flags.text('message') || undefined,
    changes: flags.list('change'),
    platform: platformFlag(flags, io.env),
  }
  const upload = isUrl ? {} : { upload: source === '-' ? io.stdin : openToRead(io, source) }
  const { body } = await client.stream('POST', '/images/create', { query, ...upload })
  await showProgress(body, io.stdout)
  return 0
}
