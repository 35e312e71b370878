import { after } from 'node:test'
import { startHelper, type TestHelper, whyNoHelper } from '../../support/helper.ts'
import type { EditorOptions } from './editor.ts'
import { type UsedEditor, useEditor } from './use-editor.ts'

export interface UsedHelper extends UsedEditor {
  /** Of the tests' own. */
  readonly helper: () => TestHelper
  /** `docker WORDS` against it; what it printed, without the last line end. Errors: an exit code other than 0, with what it said. */
  docker(...words: string[]): Promise<string>
}

/** An editor whose Pocker of this machine is a helper of the tests' own. `prepare` is called before the editor starts. */
export function useHelper(options: EditorOptions & { readonly prepare?: (helper: TestHelper) => Promise<void> } = {}): UsedHelper {
  let running: TestHelper | undefined
  const used = useEditor(async () => {
    running = await startHelper()
    await options.prepare?.(running)
    return { ...options, env: { ...options.env, POCKER_HOST: `unix://${running.socket}` } }
  })
  // Registered behind the editor's own end: the editor goes first.
  after(async () => await running?.[Symbol.asyncDispose]())
  const helper = (): TestHelper => {
    if (running === undefined) throw new Error('the helper did not start')
    return running
  }
  return {
    skip: whyNoHelper() ?? used.skip,
    inEditor: used.inEditor,
    helper,
    docker: (...words) => dockerOf(helper(), words),
  }
}

/** See `UsedHelper`. */
export async function dockerOf(helper: TestHelper, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await helper.docker(words, { timeout: 60_000 })
  if (code !== 0) throw new Error(`docker ${words.join(' ')}: exit code ${code}: ${stderr}`)
  return stdout.trimEnd()
}
