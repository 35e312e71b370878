import { invalid } from './refuse.ts'

/** The texts of an image's /etc/passwd and /etc/group; a missing file is empty. */
export interface Accounts {
  readonly passwd: string
  readonly group: string
}

export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** The primary group first, as Docker sets them: none of the helper's own groups stay. */
  readonly additionalGids: readonly number[]
  readonly home: string
}

interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

type Principal = { readonly id: number } | { readonly name: string }

// As Docker: the upper half of the kernel's range is -1 and overflow ids, and 32-bit programs read it as negative.
const LAST_ID = 2 ** 31 - 1

/**
 * Docker's reading of `User` (`uid`, `name`, `uid:gid`, `name:group`, each mixed) and GroupAdd, by the rules of moby/sys/user GetExecUser.
 * A number is always a number, never the name of an account, and never silently 0: what does not parse is refused.
 * Errors: `bad-user`, `no-such-user`, `no-such-group`.
 */
export function resolveUser(user: string, groupAdd: readonly string[], accounts: Accounts): ResolvedUser {
  const asked = parseUser(user)
  const entry = findUser(asked.user, accounts.passwd)
  const uid = entry?.uid ?? ('id' in asked.user ? asked.user.id : undefined)
  if (uid === undefined) {
    throw invalid('no-such-user', `find user '${user}': unable to find user ${user}: no matching entries in passwd file`)
  }
  const groups = parseGroup(accounts.group)
  const gid = asked.group === undefined ? (entry?.gid ?? 0) : findGroup(asked.group, groups)
  // As with newgrp, an explicit group stands alone: the account's memberships come with the implicit one only.
  const memberships =
    asked.group === undefined && entry !== undefined
      ? groups.filter(({ members }) => members.includes(entry.name)).map((group) => group.gid)
      : []
  const added = groupAdd.map((text) => findGroup(parsePrincipal(text, text), groups))
  return { uid, gid, additionalGids: [...new Set([gid, ...memberships, ...added])], home: entry?.home || '/' }
}

/** Errors: `bad-user`, without looking anything up. */
export function checkUser(user: string, groupAdd: readonly string[]): void {
  parseUser(user)
  for (const group of groupAdd) parsePrincipal(group, group)
}

function parseUser(text: string): { user: Principal; group: Principal | undefined } {
  if (text === '') return { user: { id: 0 }, group: undefined }
  const [user = '', group = '', ...more] = text.split(':')
  if (more.length > 0) throw badUser(text)
  return { user: parsePrincipal(user, text), group: group === '' ? undefined : parsePrincipal(group, text) }
}

function parsePrincipal(word: string, whole: string): Principal {
  if (/^[0-9]+$/.test(word)) {
    const id = Number(word)
    // A leading zero would be octal to some readers and decimal to others.
    if (String(id) !== word || id > LAST_ID) throw badUser(whole)
    return { id }
  }
  if (!/^[^\s:,+\-\p{Cc}][^\s:,\p{Cc}]{0,255}$/u.test(word)) throw badUser(whole)
  return { name: word }
}

function badUser(text: string): Error {
  return invalid('bad-user', `use user '${text}': it must be a name or a number up to ${LAST_ID}, then perhaps a colon and a group`)
}

function findUser(user: Principal, passwd: string): PasswdEntry | undefined {
  for (const line of passwd.split('\n')) {
    const [name = '', , uidText = '', gidText = '', , home = ''] = line.split(':')
    const uid = parseId(uidText)
    const gid = parseId(gidText)
    // An entry with a broken number is no entry: reading it as 0 would make a root of it.
    if (uid === undefined || gid === undefined) continue
    const matches = 'id' in user ? user.id === uid : user.name === name
    // A NUL would cut HOME short on its way to the kernel.
    if (matches) return { name, uid, gid, home: home.includes('\0') ? '' : home }
  }
  return undefined
}

function parseGroup(text: string): GroupEntry[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', , gidText = '', members = ''] = line.split(':')
    const gid = parseId(gidText)
    return gid === undefined ? [] : [{ name, gid, members: members.trim().split(',') }]
  })
}

function findGroup(group: Principal, groups: readonly GroupEntry[]): number {
  if ('id' in group) return group.id
  const found = groups.find(({ name }) => name === group.name)
  if (found === undefined) {
    throw invalid('no-such-group', `find group '${group.name}': unable to find group ${group.name}: no matching entries in group file`)
  }
  return found.gid
}

function parseId(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined
  const id = Number(text)
  return id <= LAST_ID ? id : undefined
}
