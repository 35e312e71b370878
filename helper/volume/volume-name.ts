/** Docker's rule. It keeps a name from being a path, and from being hidden. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

/** Whether a volume can be called so. */
export function isVolumeName(name: string): boolean {
  return NAME.test(name)
}
