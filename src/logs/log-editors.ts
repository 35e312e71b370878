/** The editors that show logs: they stay at the end until the user scrolls, and where the user is when lines come or go above. */
import * as vscode from 'vscode'
import type { LogLine } from './log-line.ts'
import { type Anchor, anchorsOf, followAfterScroll, movesView, rowToRestore, type Seen, type TextChange } from './log-place.ts'
import type { OpenLog } from './open-log.ts'
import type { OpenLogs } from './open-logs.ts'

interface EditorState {
  seen?: Seen
  anchors: readonly Anchor[]
  /** Until then the view is moved by what was done here: milliseconds of `performance.now()`. */
  quietUntil: number
  /** The end has been gone to, and the editor has not said yet that it is there. */
  isGoing: boolean
}

/** How long VS Code may take from a change to the view's last movement because of it. */
const QUIET = 400
/** And from there and back. */
const LONG_QUIET = 1_500
/** What the text has not after so many milliseconds, it will not get. */
const PATIENCE = 5_000

export class LogEditors implements vscode.Disposable {
  readonly #logs: OpenLogs
  readonly #states = new WeakMap<vscode.TextEditor, EditorState>()
  /** Logs that have been shown. */
  readonly #begun = new WeakSet<OpenLog>()
  readonly #followed = new vscode.EventEmitter<OpenLog>()
  readonly #shown = new vscode.EventEmitter<OpenLog>()
  readonly #toReveal = new Map<OpenLog, { readonly what: LogLine | 'begin'; readonly until: number }>()
  readonly #listening: readonly vscode.Disposable[]
  /** It follows now, or does not any more. */
  readonly onDidChangeFollowing = this.#followed.event
  /** An editor shows another part of it, or another text. */
  readonly onDidShow = this.#shown.event

  constructor(logs: OpenLogs) {
    this.#logs = logs
    this.#listening = [
      this.#followed,
      this.#shown,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => this.#took(document, contentChanges)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#took(document, [])),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections, kind }) => {
        const log = this.#logs.find(textEditor.document.uri)
        // Who marks text wants it to stay where it is.
        if (log !== undefined && kind !== undefined && selections.some(({ isEmpty }) => !isEmpty)) this.setFollowing(log, false)
      }),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
      vscode.window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.#appeared(editor)
      }),
    ]
  }

  /** Stays at the end from now on, or no longer. */
  setFollowing(log: OpenLog, isFollowing: boolean): void {
    const { session } = log
    if (session === undefined) return
    const isOther = session.isFollowing !== isFollowing
    session.isFollowing = isFollowing
    if (isFollowing) for (const editor of editorsOf(log)) this.#goToEnd(editor)
    if (isOther) this.#followed.fire(log)
  }

  /** Goes to a line, or to the beginning, as soon as the text has it. */
  reveal(log: OpenLog, what: LogLine | 'begin'): void {
    this.setFollowing(log, false)
    this.#toReveal.set(log, { what, until: performance.now() + PATIENCE })
    for (const editor of editorsOf(log)) this.#revealWanted(log, editor)
  }

  dispose(): void {
    for (const each of this.#listening) each.dispose()
  }

  #stateOf(editor: vscode.TextEditor): EditorState {
    const state = this.#states.get(editor) ?? { anchors: [], quietUntil: 0, isGoing: false }
    this.#states.set(editor, state)
    return state
  }

  #took(document: vscode.TextDocument, changes: readonly TextChange[]): void {
    const log = this.#logs.find(document.uri)
    if (log === undefined) return
    log.didShow()
    for (const editor of editorsOf(log)) this.#settle(log, editor, changes)
    this.#shown.fire(log)
  }

  #settle(log: OpenLog, editor: vscode.TextEditor, changes: readonly TextChange[]): void {
    const state = this.#stateOf(editor)
    if (this.#revealWanted(log, editor)) return
    if (log.session?.isFollowing === true) {
      if (state.seen !== undefined && movesView(changes, state.seen)) state.quietUntil = performance.now() + LONG_QUIET
      this.#goToEnd(editor)
      return
    }
    const row = rowToRestore(state.anchors, log.shown.rows)
    if (row === undefined) return
    state.quietUntil = performance.now() + QUIET
    reveal(editor, row, vscode.TextEditorRevealType.AtTop)
  }

  #revealWanted(log: OpenLog, editor: vscode.TextEditor): boolean {
    const { what: wanted, until = 0 } = this.#toReveal.get(log) ?? {}
    if (wanted === undefined) return false
    const row = wanted === 'begin' ? 0 : log.rowOf(wanted)
    if (row === -1 || row >= editor.document.lineCount) {
      if (performance.now() > until) this.#toReveal.delete(log)
      return false
    }
    this.#toReveal.delete(log)
    this.#stateOf(editor).quietUntil = performance.now() + QUIET
    const at = new vscode.Position(row, 0)
    editor.selection = wanted === 'begin' ? new vscode.Selection(at, at) : new vscode.Selection(at, editor.document.lineAt(row).range.end)
    reveal(editor, row, wanted === 'begin' ? vscode.TextEditorRevealType.AtTop : vscode.TextEditorRevealType.InCenter)
    return true
  }

  #scrolled(editor: vscode.TextEditor): void {
    const log = this.#logs.find(editor.document.uri)
    const seen = seenOf(editor)
    if (log === undefined || seen === undefined) return
    const state = this.#stateOf(editor)
    const follows = followAfterScroll(state.seen, seen, editor.document.lineCount)
    state.seen = seen
    if (seen.bottom >= editor.document.lineCount - 1) {
      state.isGoing = false
      if (log.session?.isFollowing === true) state.quietUntil = 0
    }
    state.anchors = anchorsOf(log.shown.rows, seen)
    if (performance.now() >= state.quietUntil) {
      if (follows === true && log.session?.isFollowing === false && log.session.window.isEnd) this.setFollowing(log, true)
      if (follows === false) this.#leaveEnd(log, editor, seen)
    }
    this.#shown.fire(log)
  }

  #leaveEnd(log: OpenLog, editor: vscode.TextEditor, { top }: Seen): void {
    this.setFollowing(log, false)
    const state = this.#stateOf(editor)
    // The user has scrolled while the editor was told to go to the end, and is taken there.
    if (!state.isGoing) return
    state.quietUntil = performance.now() + LONG_QUIET
    reveal(editor, top, vscode.TextEditorRevealType.AtTop)
  }

  #goToEnd(editor: vscode.TextEditor): void {
    const state = this.#stateOf(editor)
    state.isGoing = state.seen !== undefined && state.seen.bottom < editor.document.lineCount - 1
    reveal(editor, editor.document.lineCount - 1, vscode.TextEditorRevealType.Default)
  }

  #appeared(editor: vscode.TextEditor): void {
    const log = this.#logs.find(editor.document.uri)
    if (log === undefined) return
    // A log begins at its end, whether it is followed or not; one that was left is where it was left.
    const isFirst = !this.#begun.has(log)
    this.#begun.add(log)
    if ((isFirst || log.session?.isFollowing === true) && !this.#toReveal.has(log)) this.#goToEnd(editor)
    this.#shown.fire(log)
  }
}

/** Those that can be seen. */
export function editorsOf(log: OpenLog): readonly vscode.TextEditor[] {
  const key = log.uri.toString()
  return vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === key)
}

function seenOf({ visibleRanges }: vscode.TextEditor): Seen | undefined {
  const [first] = visibleRanges
  const last = visibleRanges.at(-1)
  return first === undefined || last === undefined ? undefined : { top: first.start.line, bottom: last.end.line }
}

function reveal(editor: vscode.TextEditor, row: number, how: vscode.TextEditorRevealType): void {
  editor.revealRange(new vscode.Range(row, 0, row, 0), how)
}
