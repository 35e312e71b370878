/** One log that is open as a document: its session, and which text of it the editor has. */
import * as l10n from '@vscode/l10n'
import type { Uri } from 'vscode'
import { Emitter } from '../events/emitter.ts'
import type { FeedTarget } from './log-feed.ts'
import { isSameLine, type LogLine } from './log-line.ts'
import type { LogOptions } from './log-options.ts'
import type { LogName } from './log-path.ts'
import { LogSession } from './log-session.ts'
import type { LogText } from './log-text.ts'
import { rule } from './rule-text.ts'
import { sessionText } from './session-text.ts'

export interface OpenLogParts {
  readonly uri: Uri
  readonly name: LogName
  readonly words: (error: unknown) => string
}

/** An editor that has not taken up a change after so many milliseconds does not show the document any more. */
const LONGEST_TAKE = 3_000

export class OpenLog {
  readonly uri: Uri
  readonly name: OpenLogParts['name']
  readonly #parts: OpenLogParts
  readonly #textChanged = new Emitter<void>()
  readonly #changed = new Emitter<void>()
  readonly #failed = new Emitter<unknown>()
  #session: LogSession | undefined
  #text: LogText = { text: rule(l10n.t('reading the log…')), rows: [{ kind: 'note' }] }
  /** What the editor was given last, and what it shows. */
  #given: LogText = this.#text
  #shown: LogText = this.#text
  #version = Date.now()
  #isVisible = true
  #firedAt: number | undefined
  #isStale = false
  #retry: NodeJS.Timeout | undefined
  /** The editor is to read the text again. */
  readonly onDidChangeText = this.#textChanged.event
  /** What can be done with it is something else: for lenses and menus. */
  readonly onDidChange = this.#changed.event
  readonly onDidFail = this.#failed.event

  constructor(parts: OpenLogParts) {
    this.#parts = parts
    this.uri = parts.uri
    this.name = parts.name
  }

  get session(): LogSession | undefined {
    return this.#session
  }

  /** Grows with each text. */
  get version(): number {
    return this.#version
  }

  get size(): number {
    return Buffer.byteLength(this.#text.text)
  }

  /** What the editor shows. */
  get shown(): LogText {
    return this.#shown
  }

  /** Begins to follow these containers, in place of others. */
  begin(targets: readonly FeedTarget[], options: LogOptions): void {
    this.#session?.dispose()
    const session = new LogSession(targets, options)
    this.#session = session
    session.onDidChange(() => {
      this.#refresh()
      this.#changed.fire()
    })
    session.onDidFail((error) => this.#failed.fire(error))
    session.setVisible(this.#isVisible)
  }

  /** Shows a sentence in place of a log that cannot be shown. */
  say(sentence: string): void {
    this.#session?.dispose()
    this.#session = undefined
    this.#take({ text: rule(sentence), rows: [{ kind: 'note' }] })
    this.#changed.fire()
  }

  /** The text as it is now, for the editor. */
  read(): string {
    this.#render()
    this.#given = this.#text
    return this.#text.text
  }

  /** Resolves when there is something to show, or when it has been waited for long enough. */
  async untilFirst(milliseconds: number): Promise<void> {
    const hasSome = () => this.#session?.isSettled === true
    if (hasSome()) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const listening = this.onDidChange(() => {
      if (hasSome()) resolve()
    })
    const timer = setTimeout(resolve, milliseconds)
    await promise
    clearTimeout(timer)
    listening.dispose()
  }

  /** The editor has taken up a text. */
  didShow(): void {
    this.#shown = this.#given
    if (this.#firedAt !== undefined) this.#session?.spent(performance.now() - this.#firedAt)
    this.#firedAt = undefined
    if (this.#isStale) this.#refresh()
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible
    this.#session?.setVisible(isVisible)
  }

  /** Where in the text that is shown a line is. */
  rowOf(line: LogLine): number {
    return this.#shown.rows.findIndex((row) => row.kind === 'line' && (row.line === line || isSameLine(row.line, line)))
  }

  dispose(): void {
    clearTimeout(this.#retry)
    this.#session?.dispose()
    this.#textChanged.dispose()
    this.#changed.dispose()
    this.#failed.dispose()
  }

  #render(): void {
    if (this.#session !== undefined) this.#text = sessionText(this.#session, { words: this.#parts.words, now: Date.now() })
  }

  #refresh(): void {
    // One change at a time: an editor that is slow would have them all to do in the end.
    if (this.#firedAt !== undefined && performance.now() - this.#firedAt < LONGEST_TAKE) {
      this.#isStale = true
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined
        if (this.#isStale) this.#refresh()
      }, LONGEST_TAKE)
      return
    }
    this.#isStale = false
    const before = this.#text
    this.#render()
    if (this.#text.text !== before.text) this.#take(this.#text)
  }

  #take(text: LogText): void {
    this.#text = text
    this.#version = Math.max(this.#version + 1, Date.now())
    this.#firedAt = performance.now()
    this.#textChanged.fire()
  }
}
