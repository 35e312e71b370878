/** Real services of Debian in images from a real registry: they run, answer, stop as they should, and keep their data. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DebianImages, debianImages } from '../support/debian-image.ts'
import { eventually } from '../support/engine.ts'
import { type ImageEngine, startImageEngine, whyNoImages } from '../support/image-engine.ts'
import { pullImage } from '../support/image-transfer.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'

describe('services', { skip: whyNoImages() }, () => {
  let engine: ImageEngine
  let registry: TestRegistry
  let images: DebianImages
  before(async () => {
    images = await debianImages()
    registry = await startRegistry()
    engine = await startImageEngine()
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await registry?.[Symbol.asyncDispose]()
  })

  const pull = async (name: 'nginx' | 'redis' | 'postgres'): Promise<string> => {
    const reference = await images.push(name, registry)
    assert.equal((await pullImage(engine.socket, reference)).error, undefined)
    return reference
  }
  /** Whether a command in the container succeeds. */
  const succeeds = (...words: string[]): Promise<boolean> =>
    engine.docker('exec', ...words).then(
      () => true,
      () => false,
    )
  const exitCode = (name: string) => engine.docker('inspect', '-f', '{{.State.ExitCode}}', name)

  test('nginx answers, logs, keeps a page across stop and start, and stops by its own signal', async () => {
    const image = await pull('nginx')
    await engine.docker('run', '-d', '--name', 'web', '--network', 'none', '-e', 'PORT=8080', image)
    const get = (path: string) => engine.docker('exec', 'web', 'curl', '-sS', `http://127.0.0.1:8080${path}`)
    await eventually('nginx answers', () => succeeds('web', 'curl', '-sf', 'http://127.0.0.1:8080/'), 20)
    assert.match(await get('/'), /Welcome to nginx!/)
    await engine.docker('exec', 'web', 'sh', '-c', 'echo kept > /usr/share/nginx/html/page.txt')
    assert.equal(await get('/page.txt'), 'kept')
    // It writes its log when it has answered.
    await eventually('it is in the log', async () => /"GET \/page\.txt HTTP\/1\.1" 200/.test(await engine.docker('logs', 'web')))
    assert.match(await engine.docker('top', 'web'), /nginx: worker process/)
    await engine.docker('stop', '-t', '60', 'web')
    assert.equal(await exitCode('web'), '0')
    await engine.docker('start', 'web')
    await eventually('nginx answers again', () => succeeds('web', 'curl', '-sf', 'http://127.0.0.1:8080/page.txt'), 20)
    assert.equal(await get('/page.txt'), 'kept')
    assert.equal(
      await engine.docker('inspect', '-f', '{{range .Mounts}}{{.Type}} {{.Destination}}{{end}}', 'web'),
      'volume /usr/share/nginx/html',
    )
    await engine.docker('rm', '-f', '-v', 'web')
  })

  test('redis answers as its own user and keeps its data', async () => {
    const image = await pull('redis')
    await engine.docker('run', '-d', '--name', 'cache', '--network', 'none', image)
    const redis = (...words: string[]) => engine.docker('exec', 'cache', 'redis-cli', ...words)
    await eventually('redis answers', () => succeeds('cache', 'redis-cli', '--raw', 'ping'), 20)
    assert.equal(await redis('set', 'key', 'kept'), 'OK')
    assert.equal(await redis('incrby', 'count', '41'), '41')
    assert.match(await engine.docker('exec', 'cache', 'sh', '-c', 'grep ^Uid: /proc/1/status; id -u redis'), /^Uid:\t(\d+)\t.*\n\1$/)
    await engine.docker('stop', '-t', '60', 'cache')
    assert.equal(await exitCode('cache'), '0')
    await engine.docker('start', 'cache')
    await eventually('redis answers again', () => succeeds('cache', 'redis-cli', '--raw', 'ping'), 20)
    assert.equal(await redis('get', 'key'), 'kept')
    assert.equal(await redis('incr', 'count'), '42')
    await engine.docker('rm', '-f', '-v', 'cache')
  })

  test('postgres initialises, answers and keeps its tables, also when it is killed', async () => {
    const image = await pull('postgres')
    await engine.docker('run', '-d', '--name', 'db', '--network', 'none', '--shm-size', '128m', image)
    const sql = (text: string) => engine.docker('exec', 'db', 'psql', '-h', '/tmp', '-U', 'postgres', '-tAc', text)
    const isReady = () => succeeds('db', 'psql', '-h', '/tmp', '-U', 'postgres', '-tAc', 'select 1')
    await eventually('postgres answers', isReady, 60)
    await sql('create table kept (id serial primary key, word text)')
    await sql("insert into kept (word) select 'word ' || n from generate_series(1, 1000) n")
    await engine.docker('stop', '-t', '60', 'db')
    assert.equal(await exitCode('db'), '0')
    await engine.docker('start', 'db')
    await eventually('postgres answers again', isReady, 60)
    assert.equal(await sql('select count(*), max(word) from kept'), '1000|word 999')
    await engine.docker('kill', 'db')
    await engine.docker('wait', 'db')
    await engine.docker('start', 'db')
    await eventually('postgres has recovered', isReady, 60)
    assert.equal(await sql('select count(*) from kept'), '1000')
    await engine.docker('rm', '-f', '-v', 'db')
  })
})
