import type { FilesystemChange } from '../../api/container.ts'
import type { Command } from '../command.ts'
import { harmless } from '../failure.ts'
import { answeredList } from '../http/answers.ts'
import { containerPath } from '../http/path.ts'
import { write } from '../io.ts'

const LETTERS = { 0: 'C', 1: 'A', 2: 'D' } as const

/** `pocker diff` */
export const diff: Command = {
  usage: 'CONTAINER',
  flags: [],
  words: { least: 1, most: 1 },
  run: async ({ words, client, io }) => {
    const changes = answeredList<FilesystemChange>(await client.json('GET', containerPath(words[0] ?? '', 'changes')))
    for (const { Kind, Path } of changes) await write(io.stdout, `${LETTERS[Kind]} ${harmless(Path)}\n`)
    return 0
  },
}
