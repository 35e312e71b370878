import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refusal, unlessRefused } from './refused.fixture.ts'
import { resolveUser } from './user.ts'

const accounts = {
  passwd: [
    'root:x:0:0:root:/root:/bin/sh',
    'web:x:33:33:web:/var/www:/usr/sbin/nologin',
    '1000:x:0:0:a number for a name:/:/bin/sh',
    'broken:x:4294967296:0:wraps to 0:/:/bin/sh',
    'negative:x:-1:0::/:/bin/sh',
    'short:x:7',
    'app:x:1001:1002::/home/app:/bin/sh',
    '',
  ].join('\n'),
  group: ['root:x:0:', 'web:x:33:', 'audio:x:29:app,web', 'staff:x:50:app', 'big:x:4294967296:app'].join('\n'),
}

const resolve = (user: string, groups: string[] = []) => resolveUser(user, groups, accounts)

test('no user is root with its home folder', () => {
  assert.deepEqual(resolve(''), { uid: 0, gid: 0, additionalGids: [0], home: '/root' })
})

test('a name brings its group, its memberships and its home folder', () => {
  assert.deepEqual(resolve('app'), { uid: 1001, gid: 1002, additionalGids: [1002, 29, 50], home: '/home/app' })
})

test('an explicit group stands alone', () => {
  assert.deepEqual(resolve('app:web'), { uid: 1001, gid: 33, additionalGids: [33], home: '/home/app' })
})

test('a number without an account has group 0 and home /, as in Docker', () => {
  assert.deepEqual(resolve('12345'), { uid: 12345, gid: 0, additionalGids: [0], home: '/' })
})

test('a number that is the name of an account is still a number', () => {
  assert.equal(resolve('1000').uid, 1000)
})

test('uid and gid as numbers need no files', () => {
  assert.deepEqual(resolveUser('1000:1000', [], { passwd: '', group: '' }), { uid: 1000, gid: 1000, additionalGids: [1000], home: '/' })
})

test('a colon without a group is no group', () => {
  assert.equal(resolve('1001:').gid, 1002)
})

test('added groups come by name and number, each once', () => {
  assert.deepEqual(resolve('app', ['staff', '7', 'web']).additionalGids, [1002, 29, 50, 7, 33])
})

test('the last id that is allowed', () => {
  assert.equal(resolve('2147483647').uid, 2147483647)
})

for (const user of [
  '4294967295',
  '2147483648',
  '-1',
  '01',
  '00',
  '+1',
  ' 1',
  '1 ',
  ':1',
  ':',
  '1:2:3',
  'a\nb',
  '1,2',
  '1:-1',
  '1:4294967296',
]) {
  test(`user ${JSON.stringify(user)} is refused`, () => {
    assert.equal(
      refusal(() => resolve(user)),
      'bad-user',
    )
  })
}

for (const user of ['nobody', 'broken', 'negative', 'short', '1e3']) {
  test(`user ${user} is not found`, () => {
    assert.equal(
      refusal(() => resolve(user)),
      'no-such-user',
    )
  })
}

for (const group of ['nogroup', 'big']) {
  test(`group ${group} is not found`, () => {
    assert.equal(
      refusal(() => resolve(`1:${group}`)),
      'no-such-group',
    )
    assert.equal(
      refusal(() => resolve('1', [group])),
      'no-such-group',
    )
  })
}

test('a home folder with a NUL is none', () => {
  assert.equal(resolveUser('a', [], { passwd: 'a:x:1:1::/home\0/x:/bin/sh', group: '' }).home, '/')
})

test('whatever is asked over whatever files, uid 0 comes only to who asks for it or for an account that has it', () => {
  const word = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[0-9:+-]{0,12}$/), fc.constantFrom('root', 'a', '0', '0:0'))
  const line = fc.tuple(word, word, word).map(([name, uid, gid]) => `${name}:x:${uid}:${gid}::/:`)
  fc.assert(
    fc.property(word, fc.array(line), (user, lines) => {
      const resolved = unlessRefused(() => resolveUser(user, [], { passwd: lines.join('\n'), group: '' }))
      if (resolved?.uid !== 0) return
      const [name = ''] = user.split(':')
      assert.ok(
        name === '' ||
          name === '0' ||
          lines
            .join('\n')
            .split('\n')
            .some((text) => /^[^:]*:[^:]*:0+:/.test(text) && text.startsWith(`${name}:`)),
      )
    }),
  )
})
