/** An editor that knows a helper with containers to look at, for the tests of one file. */
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import { startEngine, type TestEngine, whyNoEngine } from '../../support/engine.ts'
import { makeTemporaryFolder } from '../../support/folders.ts'
import { buildProbe } from '../../support/rootfs.ts'
import type { EditorOptions } from './editor.ts'
import { type UsedEditor, useEditor } from './use-editor.ts'

export interface UsedContainers extends UsedEditor {
  /** Once the tests run. */
  readonly engine: () => TestEngine
}

/**
 * They all run: `web` of the image `host`; `box` of busybox, whose main process is a shell with a terminal; and `bare`, in which there is one
 * program and no shell.
 */
export function useContainers(options: EditorOptions = {}): UsedContainers {
  const stack = new AsyncDisposableStack()
  let engine: TestEngine | undefined
  const { skip, inEditor } = useEditor(async () => {
    // An image that was imported from a folder is that folder.
    const folder = stack.use(makeTemporaryFolder('bare'))
    engine = stack.use(await startEngine())
    await makeContainers(engine, folder.path)
    return { ...options, env: { ...options.env, POCKER_HOST: `unix://${engine.helper.socket}` } }
  })
  after(() => stack.disposeAsync())
  return {
    skip: skip || whyNoEngine(),
    inEditor,
    engine: () => {
      if (engine === undefined) throw new Error('the helper did not start')
      return engine
    },
  }
}

async function makeContainers({ pocker }: TestEngine, folder: string): Promise<void> {
  copyFileSync(await buildProbe(), join(folder, 'probe'))
  for (const words of [
    ['import', folder, 'bare'],
    ['run', '-d', '--name', 'web', 'host', 'sleep', '1000'],
    ['run', '-dit', '--name', 'box', 'tiny', 'sh'],
    ['run', '-d', '--name', 'bare', 'bare', '/probe', 'sleep-forever'],
  ]) {
    const { code, stderr } = await pocker(...words)
    if (code !== 0) throw new Error(`make containers: ${words.join(' ')}: ${stderr}`)
  }
}
