/** Questions for files of the machine that the extension runs on. */
export interface AskFiles {
  /** A path to write to; the user has been asked about one that is there. Nothing when it was left. */
  save(question: { readonly title: string; readonly name: string }): Promise<string | undefined>
  /** Paths to read, none when it was left. */
  open(question: { readonly title: string; readonly button: string; readonly many: boolean }): Promise<readonly string[]>
}
