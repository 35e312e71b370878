/** What the flows of files ask and show, without saying how. */
import type { Ask } from '../../ask/ask.ts'
import type { FileRef } from '../place.ts'

export interface WorkView {
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal
  /** `percent` of the whole, where that is known. */
  report(text: string, percent?: number): void
}

export interface PathQuestion {
  readonly title: string
  readonly placeholder: string
  readonly value: string
  /** Paths that what was typed may become. */
  readonly complete: (text: string, signal: AbortSignal) => Promise<readonly PathChoice[]>
}

export interface PathChoice {
  readonly path: string
  readonly isFolder: boolean
}

export interface FilesUi extends Ask {
  /** Paths of this machine; none when it was left. */
  chooseFiles(question: { readonly title: string; readonly button: string }): Promise<readonly string[]>
  chooseFolders(question: { readonly title: string; readonly button: string; readonly many: boolean }): Promise<readonly string[]>
  typePath(question: PathQuestion): Promise<string | undefined>
  /** Shown where it takes longer than a moment, with a button that cancels it. */
  progress<T>(title: string, work: (view: WorkView) => Promise<T>): Promise<T>
  /** Says what cannot be seen elsewhere. */
  tell(text: string): void
  open(file: FileRef): Promise<void>
  compare(before: FileRef, after: FileRef, title: string): Promise<void>
  /** Open editors go along. Errors: those of `FileSystem.rename`. */
  rename(from: FileRef, to: FileRef): Promise<void>
}
