import { badEntry } from './bad-copy.ts'

/**
 * Where an archive's entry goes, as names below the destination's folder: empty for the folder itself. What the archive calls the source (its
 * first name, when it has one) becomes what the copy calls it. All names are byte strings.
 * Errors: `bad-archive` for a name that climbs, and for one that is not of the source: it would lie beside what the user named.
 */
export function entryPath(
  path: string,
  names: { readonly archive: string | undefined; readonly copy: string | undefined },
): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw badEntry(path, 'climbs out of the folder it belongs in')
  if (path.includes('\0')) throw badEntry(path, 'has a name with a NUL in it')
  const top = names.copy === undefined ? [] : [names.copy]
  if (names.archive === undefined) return [...top, ...parts]
  if (parts[0] !== names.archive) throw badEntry(path, `does not belong to what was asked for`)
  return [...top, ...parts.slice(1)]
}
