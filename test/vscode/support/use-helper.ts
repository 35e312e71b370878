import { after } from 'node:test'
import { startHelper, type TestHelper, whyNoHelper } from '../../support/helper.ts'
import { makeNamespace, type NetworkNamespace, whyNoNamespaces } from '../../support/network-namespace.ts'
import type { EditorOptions } from './editor.ts'
import { type UsedEditor, useEditor } from './use-editor.ts'

export interface UsedHelper extends UsedEditor {
  /** Of the tests' own. */
  readonly helper: () => TestHelper
  /** `docker WORDS` against it; what it printed, without the last line end. Errors: an exit code other than 0, with what it said. */
  docker(...words: string[]): Promise<string>
}

export interface UseHelperOptions extends Omit<EditorOptions, 'network'> {
  /** Called before the editor starts. */
  readonly prepare?: (helper: TestHelper) => Promise<void>
  /** Helper, editor and browser are in a network namespace, where the helper may make networks. */
  readonly hasNetwork?: boolean
}

/** An editor whose Pocker of this machine is a helper of the tests' own. */
export function useHelper(options: UseHelperOptions = {}): UsedHelper {
  let running: TestHelper | undefined
  let network: NetworkNamespace | undefined
  const used = useEditor(async () => {
    if (options.hasNetwork === true) network = await makeNamespace()
    const place = network === undefined ? {} : { network }
    running = await startHelper(place)
    await options.prepare?.(running)
    return { ...options, ...place, env: { ...options.env, POCKER_HOST: `unix://${running.socket}` } }
  })
  // Registered behind the editor's own end: the editor goes first.
  after(async () => {
    await running?.[Symbol.asyncDispose]()
    await network?.[Symbol.asyncDispose]()
  })
  const helper = (): TestHelper => {
    if (running === undefined) throw new Error('the helper did not start')
    return running
  }
  return {
    skip: whyNoHelper() ?? ((options.hasNetwork === true && whyNoNamespaces()) || used.skip),
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
