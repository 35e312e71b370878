/** The program that the extension was built with, known by the hash of its list of files. */

/** By processor. Put in the place of the name when the extension is bundled; there is none in tests. */
declare const POCKER_ANCHORS: Readonly<Record<string, string>> | undefined

/** The anchor of the program for a processor (Node's name of it); undefined where none was built in. */
export function anchorOf(processor: string): string | undefined {
  const anchors = typeof POCKER_ANCHORS === 'undefined' ? {} : POCKER_ANCHORS
  return Object.hasOwn(anchors, processor) ? anchors[processor] : undefined
}
