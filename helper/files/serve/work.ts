/** Work that takes long is done in steps, so that the process answers others in between, and can be told to stop. */

/** Each `yield` is a place to stop at; what was begun is undone or let go when it goes no further. */
export type Work<T> = Generator<undefined, T, undefined>

/** What a request results in. */
export interface Outcome<T> {
  readonly result: T
  readonly payload?: Uint8Array
}

/** An outcome at once, or work that leads to it. */
export type Answering<T> = Outcome<T> | Work<Outcome<T>>

/** Whether it is work yet to be done. */
export function isWork<T>(answering: Answering<T>): answering is Work<Outcome<T>> {
  return Symbol.iterator in answering
}
