import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { containerUpdateSchema, createRequestSchema } from './container.ts'
import { execCreateRequestSchema } from './exec.ts'
import { imageConfigSchema } from './image.ts'

const parse = (json: string) => createRequestSchema.parse(JSON.parse(json))
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('null says "not given", at every depth', () => {
  const request = parse(
    '{"Cmd":null,"Labels":null,"Healthcheck":null,"HostConfig":{"Binds":null,"Init":null,"RestartPolicy":{"Name":null}}}',
  )
  assert.deepEqual(plain(request), { HostConfig: { RestartPolicy: {} } })
  assert.equal('Cmd' in request, false)
})

test('a null that stands under a name of the client is kept', () => {
  const request = parse(
    '{"HostConfig":{"PortBindings":{"80/tcp":null}},"NetworkingConfig":{"EndpointsConfig":{"none":null}},"Volumes":{"/a":null}}',
  )
  assert.deepEqual(plain(request), {
    HostConfig: { PortBindings: { '80/tcp': null } },
    NetworkingConfig: { EndpointsConfig: { none: null } },
    Volumes: { '/a': {} },
  })
})

test('unknown members are passed over, and empty lists are kept', () => {
  const request = parse('{"Image":"host","Zyx":{"a":1},"Entrypoint":[],"HostConfig":{"MaskedPaths":[],"Zyx":1}}')
  assert.deepEqual(plain(request), { Image: 'host', Entrypoint: [], HostConfig: { MaskedPaths: [] } })
})

test('a command may be a single string', () => {
  assert.deepEqual(parse('{"Cmd":"true","Entrypoint":"sh"}'), { Cmd: ['true'], Entrypoint: ['sh'] })
})

test('the largest numbers of 64 bits are taken as no limit', () => {
  const { HostConfig } = parse(
    '{"HostConfig":{"Memory":9223372036854775807,"Ulimits":[{"Name":"core","Soft":-1,"Hard":18446744073709551615}]}}',
  )
  assert.equal(HostConfig?.Memory, Number.MAX_SAFE_INTEGER)
  assert.equal(HostConfig?.Ulimits?.[0]?.Hard, Number.MAX_SAFE_INTEGER)
})

const confused = [
  '[]',
  '"x"',
  '1',
  'null',
  '{"Image":["host"]}',
  '{"Image":{}}',
  '{"Cmd":[1]}',
  '{"Cmd":{"0":"sh","length":1}}',
  '{"Tty":"true"}',
  '{"Tty":1}',
  '{"Env":"A=b"}',
  '{"Env":["A=\\u0000"]}',
  '{"Labels":{"a":1}}',
  '{"Labels":[]}',
  '{"HostConfig":[]}',
  '{"HostConfig":{"Memory":"1g"}}',
  '{"HostConfig":{"Memory":1.5}}',
  '{"HostConfig":{"Memory":1e400}}',
  '{"HostConfig":{"Memory":1e30}}',
  '{"HostConfig":{"RestartPolicy":{"Name":"sometimes"}}}',
  '{"HostConfig":{"Mounts":[{"Type":"magic","Target":"/a"}]}}',
  '{"HostConfig":{"Mounts":[{"Type":"bind"}]}}',
  '{"HostConfig":{"ConsoleSize":[1]}}',
  '{"HostConfig":{"ConsoleSize":[-1,1]}}',
]

for (const json of confused) {
  test(`the request ${json} is refused`, () => {
    assert.equal(createRequestSchema.safeParse(JSON.parse(json)).success, false)
  })
}

test('no name of a client reaches a prototype', () => {
  const request = parse('{"__proto__":{"Image":"x"},"constructor":{"prototype":{"a":1}},"Labels":{"__proto__":"x","constructor":"y"}}')
  assert.equal(request.Image, undefined)
  assert.equal(Object.getPrototypeOf(request), Object.prototype)
  assert.equal(Object.getPrototypeOf(request.Labels), null)
  assert.deepEqual(plain(request), { Labels: { constructor: 'y' } })
  assert.equal(parse('{"Labels":{}}').Labels?.toString, undefined)
})

test('whatever JSON there is, each schema takes or refuses it and no prototype changes', () => {
  const member = fc.constantFrom(
    'Image',
    'Cmd',
    'Labels',
    'HostConfig',
    'Mounts',
    'Env',
    '__proto__',
    'constructor',
    'prototype',
    'Config',
    'Memory',
  )
  const leaf = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(1e308, -0, '__proto__'))
  const inner = fc.dictionary(member, leaf, { maxKeys: 4 })
  const value = fc.oneof(leaf, inner, fc.array(inner, { maxLength: 3 }))
  fc.assert(
    fc.property(fc.oneof(value, fc.dictionary(member, value)), (body) => {
      const json = JSON.stringify(body)
      for (const schema of [createRequestSchema, containerUpdateSchema, execCreateRequestSchema, imageConfigSchema]) {
        schema.safeParse(JSON.parse(json))
      }
      assert.deepEqual(Object.keys(Object.prototype), [])
      assert.equal({}.constructor, Object)
    }),
    { numRuns: 300 },
  )
})
