/** `/etc/passwd` of a container. What is in it is hostile: it is looked at and compared, and nothing else. */

export interface Account {
  readonly name: string
  readonly uid: number
  readonly home: string
  readonly shell: string
}

/** Lines that are no account are passed over. */
export function parseAccounts(passwd: string): readonly Account[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, , , home, shell] = line.split(':')
    if (name === undefined || name === '' || uid === undefined || !/^\d{1,10}$/.test(uid)) return []
    return [{ name, uid: Number(uid), home: home ?? '', shell: shell ?? '' }]
  })
}

/** The account of a user in Docker's notation: a name or a number, with a group or without; nothing at all is root. */
export function accountOf(accounts: readonly Account[], user: string): Account | undefined {
  const [name = ''] = user.split(':')
  if (name === '') return accounts.find(({ uid }) => uid === 0)
  // A name of digits only comes before the number that it looks like, as in Docker.
  return accounts.find((account) => account.name === name) ?? accounts.find(({ uid }) => String(uid) === name)
}
