import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ConfigPlace, hostSettings } from './host-settings.ts'
import { listHosts } from './list-hosts.ts'
import { matchesList, matchesPattern } from './patterns.ts'

function place(t: TestContext, files: Readonly<Record<string, string>>, env: ConfigPlace['env'] = {}): ConfigPlace {
  const home = mkdtempSync(join(tmpdir(), 'pocker-ssh-config-'))
  t.after(() => rmSync(home, { recursive: true }))
  mkdirSync(join(home, '.ssh'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.ssh', name), text, { mode: 0o600 })
  return { files: { user: join(home, '.ssh/config'), home }, env, localUser: 'me' }
}

test('the first value of each setting counts, and keys add up', (t) => {
  const given = place(t, {
    config: `
Host box
  HostName box.example
  Port=2222
  IdentityFile ~/.ssh/one
Host *
  User "other"
  Port 1
  IdentityFile %d/two-%h
  IdentitiesOnly yes
`,
  })
  const { home } = given.files
  const found = hostSettings({ host: 'box' }, given)
  assert.deepEqual([found.host, found.port, found.user, found.identitiesOnly], ['box.example', 2222, 'other', true])
  assert.deepEqual(found.identityFiles, [join(home, '.ssh/one'), join(home, 'two-box.example')])
  const written = hostSettings({ host: 'box', user: 'root', port: 7 }, given)
  assert.deepEqual([written.user, written.port], ['root', 7])
})

test('without a file all is as usual', (t) => {
  const given = place(t, {}, { SSH_AUTH_SOCK: '/agent' })
  const { host, port, user, agent, jumps, proxyCommand, unknownKeys, namesIdentities } = hostSettings({ host: 'box' }, given)
  assert.deepEqual([host, port, user, agent], ['box', 22, 'me', '/agent'])
  assert.deepEqual([jumps, proxyCommand, unknownKeys, namesIdentities], [[], undefined, 'ask', false])
})

test('Match goes by host, user and the name that was asked for; conditions that would run something never hold', (t) => {
  const given = place(t, {
    config: `
Host short
  HostName long.example
Match host long.example,other
  User matched
Match originalhost short user matched
  Port 3
Match exec "touch /tmp/x"
  ProxyCommand evil
Match !host long.example
  Port 4
Match localuser me
  ServerAliveInterval 1m30
Match final host long.example
  ConnectTimeout 7
Match canonical exec x
  HostKeyAlias no
`,
  })
  const found = hostSettings({ host: 'short' }, given)
  assert.deepEqual(
    [found.user, found.port, found.proxyCommand, found.aliveInterval, found.connectTimeout, found.hostKeyAlias],
    ['matched', 3, undefined, 90, 7, undefined],
  )
  assert.equal(hostSettings({ host: 'elsewhere' }, given).port, 4)
})

test('includes count where they stand, under the conditions they stand under', (t) => {
  const given = place(t, {
    config: 'Include conf.*\nHost b\n  Include only-b\nHost *\n  Port 9\n',
    'conf.1': 'Host a\n  Port 1\n',
    'conf.2': 'Host a\n  Port 2\n  User second\n',
    'only-b': 'User b\nHost a\n  HostKeyAlias never\nHost b\n  HostKeyAlias b\n',
  })
  const a = hostSettings({ host: 'a' }, given)
  assert.deepEqual([a.port, a.user, a.hostKeyAlias], [1, 'second', undefined])
  const b = hostSettings({ host: 'b' }, given)
  assert.deepEqual([b.port, b.user, b.hostKeyAlias], [9, 'b', 'b'])
})

test('a file that includes itself ends in an error', (t) => {
  const given = place(t, { config: 'Include config\n' })
  assert.throws(() => hostSettings({ host: 'a' }, given), { code: 'bad-ssh-config' })
})

test('of ProxyJump and ProxyCommand the first counts, and none turns both off', (t) => {
  const config = `
Host a
  ProxyJump one,me@two:3
  ProxyCommand nc %h %p
Host b
  ProxyCommand nc %h %p --user %r %%
  ProxyJump one
Host c
  ProxyJump none
  ProxyCommand none
`
  const given = place(t, { config })
  const of = (host: string) => {
    const { jumps, proxyCommand } = hostSettings({ host }, given)
    return { jumps, proxyCommand }
  }
  assert.deepEqual(of('a'), { jumps: ['one', 'me@two:3'], proxyCommand: undefined })
  assert.deepEqual(of('b'), { jumps: [], proxyCommand: 'nc b 22 --user me %' })
  assert.deepEqual(of('c'), { jumps: [], proxyCommand: undefined })
})

test('a name that the configuration makes is checked like one that was typed', (t) => {
  const given = place(t, { config: 'Host a\n  HostName $(id)\nHost b\n  User x;id\n' })
  for (const host of ['a', 'b']) assert.throws(() => hostSettings({ host }, given), { code: 'bad-ssh-address' })
})

test('the agent is the one that is named', (t) => {
  const given = place(
    t,
    {
      config:
        'Host a\n  IdentityAgent none\nHost b\n  IdentityAgent ~/agent\nHost c\n  IdentityAgent $MINE\nHost d\n  IdentityAgent ${MINE}/s\n',
    },
    { SSH_AUTH_SOCK: '/agent', MINE: '/mine' },
  )
  const of = (host: string) => hostSettings({ host }, given).agent
  assert.deepEqual(
    [of('a'), of('b'), of('c'), of('d'), of('e')],
    [undefined, join(given.files.home, 'agent'), '/mine', '/mine/s', '/agent'],
  )
})

test('a file that others may write to is refused', (t) => {
  const given = place(t, { config: 'Host a\n  Port 1\n' })
  chmodSync(given.files.user, 0o666)
  assert.throws(() => hostSettings({ host: 'a' }, given), { code: 'unsafe-ssh-config' })
})

test('the hosts to be offered are those with a name', (t) => {
  const given = place(t, { config: 'Host a b.* !c d\n  User x\n  HostName h\nHost *\n  Port 2\nHost -x\n  Port 3\n' })
  assert.deepEqual(listHosts(given), [
    { alias: 'a', goesTo: 'x@h:2' },
    { alias: 'd', goesTo: 'x@h:2' },
  ])
})

test('patterns', () => {
  for (const [text, pattern] of [
    ['abc', 'a*c'],
    ['abc', 'a?c'],
    ['', '*'],
    ['abc', '***'],
    ['a.b', '*.b'],
  ] as const)
    assert.equal(matchesPattern(text, pattern), true)
  for (const [text, pattern] of [
    ['abc', 'a*b'],
    ['abc', 'ab'],
    ['', '?'],
    ['abc', 'A*'],
    ['axc', 'a.c'],
  ] as const)
    assert.equal(matchesPattern(text, pattern), false)
  assert.equal(matchesList('a.b', ['*.b', '!a.*']), false)
  const began = performance.now()
  matchesPattern('a'.repeat(5000), `${'a*'.repeat(500)}b`)
  assert.ok(performance.now() - began < 1000)
})
