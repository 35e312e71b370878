/** A failure of the extension's own, whose message is a sentence for people. */
export class InWords extends Error {
  override readonly name = 'InWords'
  readonly code: string

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}
