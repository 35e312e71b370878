import assert from 'node:assert/strict'
import { after, before, type TestContext } from 'node:test'
import { type Editor, type EditorOptions, startEditor, whyNoEditor } from './editor.ts'

export interface UsedEditor {
  /** For the tests' options. */
  readonly skip: string | false
  /** A test's function: it fails by its own errors and by those of the window and the extension host while it ran; then a screenshot is kept. */
  inEditor(body: (editor: Editor, context: TestContext) => Promise<void>): (context: TestContext) => Promise<void>
}

/** One editor for the tests of a file, each of which goes on where the one before has left it. Options that take work are made when it starts. */
export function useEditor(options: EditorOptions | (() => Promise<EditorOptions>) = {}): UsedEditor {
  const skip = whyNoEditor() ?? false
  let editor: Editor | undefined
  before(async () => {
    if (skip === false) editor = await startEditor(typeof options === 'function' ? await options() : options)
  })
  after(async () => await editor?.[Symbol.asyncDispose]())
  const inEditor: UsedEditor['inEditor'] = (body) => async (context) => {
    if (editor === undefined) throw new Error('the editor did not start')
    try {
      await body(editor, context)
      assert.deepEqual(editor.troubles.take(), [])
    } catch (error) {
      await keepEvidence(editor, context.name)
      throw error
    }
  }
  return { skip, inEditor }
}

async function keepEvidence(editor: Editor, name: string): Promise<void> {
  try {
    await editor.vscode.screenshot(`failed-${name}`)
    for (const trouble of editor.troubles.take()) console.log(trouble)
  } catch (error) {
    // The test's own error is what counts.
    console.log(`no screenshot: ${error instanceof Error ? error.message : String(error)}`)
  }
}
